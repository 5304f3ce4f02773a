import { IconHammer } from '@tabler/icons-react';
import { texts } from '@/shared/texts';
import { EmptyState, Page, Surface } from '@/shared/ui';

export function DatabasePage() {
  return (
    <Page title="Database">
      <Surface>
        <EmptyState icon={IconHammer} title="Database">
          {texts.shell.stub}
        </EmptyState>
      </Surface>
    </Page>
  );
}
