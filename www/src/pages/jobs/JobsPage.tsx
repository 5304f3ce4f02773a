import { IconHammer } from '@tabler/icons-react';
import { texts } from '@/shared/texts';
import { EmptyState, Page, Surface } from '@/shared/ui';

export function JobsPage() {
  return (
    <Page title="Jobs">
      <Surface>
        <EmptyState icon={IconHammer} title="Jobs">
          {texts.shell.stub}
        </EmptyState>
      </Surface>
    </Page>
  );
}
