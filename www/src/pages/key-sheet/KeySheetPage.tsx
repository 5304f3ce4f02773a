import { IconHammer } from '@tabler/icons-react';
import { texts } from '@/shared/texts';
import { EmptyState, Page, Surface } from '@/shared/ui';

export function KeySheetPage() {
  return (
    <Page title="Recovery sheet">
      <Surface>
        <EmptyState icon={IconHammer} title="Recovery sheet">
          {texts.shell.stub}
        </EmptyState>
      </Surface>
    </Page>
  );
}
