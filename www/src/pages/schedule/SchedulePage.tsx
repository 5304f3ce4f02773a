import { IconHammer } from '@tabler/icons-react';
import { texts } from '@/shared/texts';
import { EmptyState, Page, Surface } from '@/shared/ui';

export function SchedulePage() {
  return (
    <Page title="Schedule">
      <Surface>
        <EmptyState icon={IconHammer} title="Schedule">
          {texts.shell.stub}
        </EmptyState>
      </Surface>
    </Page>
  );
}
