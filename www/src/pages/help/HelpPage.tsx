import { IconHammer } from '@tabler/icons-react';
import { texts } from '@/shared/texts';
import { EmptyState, Page, Surface } from '@/shared/ui';

export function HelpPage() {
  return (
    <Page title="Help">
      <Surface>
        <EmptyState icon={IconHammer} title="Help">
          {texts.shell.stub}
        </EmptyState>
      </Surface>
    </Page>
  );
}
