import { IconHammer } from '@tabler/icons-react';
import { texts } from '@/shared/texts';
import { EmptyState, Page, Surface } from '@/shared/ui';

export function OverviewPage() {
  return (
    <Page title="Overview">
      <Surface>
        <EmptyState icon={IconHammer} title="Overview">
          {texts.shell.stub}
        </EmptyState>
      </Surface>
    </Page>
  );
}
