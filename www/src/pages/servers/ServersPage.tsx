import { IconHammer } from '@tabler/icons-react';
import { texts } from '@/shared/texts';
import { EmptyState, Page, Surface } from '@/shared/ui';

export function ServersPage() {
  return (
    <Page title="Servers">
      <Surface>
        <EmptyState icon={IconHammer} title="Servers">
          {texts.shell.stub}
        </EmptyState>
      </Surface>
    </Page>
  );
}
