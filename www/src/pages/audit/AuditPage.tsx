import { IconHammer } from '@tabler/icons-react';
import { texts } from '@/shared/texts';
import { EmptyState, Page, Surface } from '@/shared/ui';

export function AuditPage() {
  return (
    <Page title="Audit log">
      <Surface>
        <EmptyState icon={IconHammer} title="Audit log">
          {texts.shell.stub}
        </EmptyState>
      </Surface>
    </Page>
  );
}
