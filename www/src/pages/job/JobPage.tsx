import { IconHammer } from '@tabler/icons-react';
import { texts } from '@/shared/texts';
import { EmptyState, Page, Surface } from '@/shared/ui';

export function JobPage() {
  return (
    <Page title="Job">
      <Surface>
        <EmptyState icon={IconHammer} title="Job">
          {texts.shell.stub}
        </EmptyState>
      </Surface>
    </Page>
  );
}
