import { IconHammer } from '@tabler/icons-react';
import { texts } from '@/shared/texts';
import { EmptyState, Page, Surface } from '@/shared/ui';

export function LogsPage() {
  return (
    <Page title="DB Logs">
      <Surface>
        <EmptyState icon={IconHammer} title="DB Logs">
          {texts.shell.stub}
        </EmptyState>
      </Surface>
    </Page>
  );
}
