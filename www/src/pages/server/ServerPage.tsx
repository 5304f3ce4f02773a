import { IconHammer } from '@tabler/icons-react';
import { texts } from '@/shared/texts';
import { EmptyState, Page, Surface } from '@/shared/ui';

export function ServerPage() {
  return (
    <Page title="Server">
      <Surface>
        <EmptyState icon={IconHammer} title="Server">
          {texts.shell.stub}
        </EmptyState>
      </Surface>
    </Page>
  );
}
