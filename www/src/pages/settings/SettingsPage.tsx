import { useMay } from '@/entities/me';
import { settings as settingsTexts } from '@/shared/texts/settings';
import { Page } from '@/shared/ui';
import { GatePart } from './GatePart';
import { HaltingPart } from './HaltingPart';
import { ReportsPart, SafetyPart } from './KeepParts';
import { OrganizationPart } from './OrganizationPart';
import { WebhooksPart } from './WebhooksPart';

export function SettingsPage() {
  const isAdministrator = useMay('administrator');
  return (
    <Page title={settingsTexts.title} description={settingsTexts.lead}>
      <OrganizationPart />
      <SafetyPart />
      <ReportsPart />
      <HaltingPart />
      <GatePart />
      {isAdministrator && <WebhooksPart />}
    </Page>
  );
}
