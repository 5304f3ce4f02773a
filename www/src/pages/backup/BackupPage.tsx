import { IconHammer } from '@tabler/icons-react';
import { texts } from '@/shared/texts';
import { EmptyState, Page, Surface } from '@/shared/ui';

export function BackupPage() {
  return (
    <Page title="DB Backup">
      <Surface>
        <EmptyState icon={IconHammer} title="DB Backup">
          {texts.shell.stub}
        </EmptyState>
      </Surface>
    </Page>
  );
}
