import { IconHammer } from '@tabler/icons-react';
import { texts } from '@/shared/texts';
import { EmptyState, Page, Surface } from '@/shared/ui';

export function SettingsPage() {
  return (
    <Page title="Settings">
      <Surface>
        <EmptyState icon={IconHammer} title="Settings">
          {texts.shell.stub}
        </EmptyState>
      </Surface>
    </Page>
  );
}
