import { IconHammer } from '@tabler/icons-react';
import { texts } from '@/shared/texts';
import { EmptyState, Page, Surface } from '@/shared/ui';

export function LogPage() {
  return (
    <Page title="Backup or restore">
      <Surface>
        <EmptyState icon={IconHammer} title="Backup or restore">
          {texts.shell.stub}
        </EmptyState>
      </Surface>
    </Page>
  );
}
