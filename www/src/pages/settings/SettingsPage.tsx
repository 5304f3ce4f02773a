import { useMay } from '@/entities/me';
import { texts } from '@/shared/texts';
import { Page } from '@/shared/ui';
import { GatePart } from './GatePart';
import { HaltingPart } from './HaltingPart';
import { ReportsPart, SafetyPart } from './KeepParts';
import { OrganizationPart } from './OrganizationPart';
import { WebhooksPart } from './WebhooksPart';

export function SettingsPage() {
  const isAdministrator = useMay('administrator');
  return (
    <Page title={texts.settings.title} description={texts.settings.lead}>
      <OrganizationPart />
      <SafetyPart />
      <ReportsPart />
      <HaltingPart />
      <GatePart />
      {isAdministrator && <WebhooksPart />}
    </Page>
  );
}
