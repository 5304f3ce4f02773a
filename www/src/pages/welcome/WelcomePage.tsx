import { IconHammer } from '@tabler/icons-react';
import { texts } from '@/shared/texts';
import { EmptyState, Page, Surface } from '@/shared/ui';

export function WelcomePage() {
  return (
    <Page title="First steps">
      <Surface>
        <EmptyState icon={IconHammer} title="First steps">
          {texts.shell.stub}
        </EmptyState>
      </Surface>
    </Page>
  );
}
