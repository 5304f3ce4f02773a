import { IconHammer } from '@tabler/icons-react';
import { texts } from '@/shared/texts';
import { EmptyState, Page, Surface } from '@/shared/ui';

export function StoragesPage() {
  return (
    <Page title="Storages">
      <Surface>
        <EmptyState icon={IconHammer} title="Storages">
          {texts.shell.stub}
        </EmptyState>
      </Surface>
    </Page>
  );
}
