import { IconHammer } from '@tabler/icons-react';
import { texts } from '@/shared/texts';
import { EmptyState, Page, Surface } from '@/shared/ui';

export function KeysPage() {
  return (
    <Page title="Keys">
      <Surface>
        <EmptyState icon={IconHammer} title="Keys">
          {texts.shell.stub}
        </EmptyState>
      </Surface>
    </Page>
  );
}
