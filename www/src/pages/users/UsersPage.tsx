import { IconHammer } from '@tabler/icons-react';
import { texts } from '@/shared/texts';
import { EmptyState, Page, Surface } from '@/shared/ui';

export function UsersPage() {
  return (
    <Page title="Users">
      <Surface>
        <EmptyState icon={IconHammer} title="Users">
          {texts.shell.stub}
        </EmptyState>
      </Surface>
    </Page>
  );
}
