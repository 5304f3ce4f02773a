import { IconHammer } from '@tabler/icons-react';
import { texts } from '@/shared/texts';
import { EmptyState, Page, Surface } from '@/shared/ui';

export function RestorePage() {
  return (
    <Page title="Restore">
      <Surface>
        <EmptyState icon={IconHammer} title="Restore">
          {texts.shell.stub}
        </EmptyState>
      </Surface>
    </Page>
  );
}
