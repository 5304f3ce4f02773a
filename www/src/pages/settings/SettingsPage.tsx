import { useMay } from '@/entities/me';
import { texts } from '@/shared/texts';
import { Page } from '@/shared/ui';
import { GatePart } from './GatePart';
import { HaltingPart } from './HaltingPart';
import { OrganizationPart } from './OrganizationPart';
import { SafetyPart } from './SafetyPart';
import { WebhooksPart } from './WebhooksPart';

export function SettingsPage() {
  const isAdministrator = useMay('administrator');
  return (
    <Page title={texts.settings.title} description={texts.settings.lead}>
      <OrganizationPart />
      <SafetyPart />
      <HaltingPart />
      <GatePart />
      {isAdministrator && <WebhooksPart />}
    </Page>
  );
}
