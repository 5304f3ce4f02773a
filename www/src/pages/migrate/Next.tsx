import { Button, Group } from '@mantine/core';
import { migrations } from '@/shared/texts/migrations';
import type { Wizard } from './useWizard';

/** From an assessment that nothing stands against to the confirmation. */
export function Next({ wizard }: { wizard: Wizard }) {
  return (
    <Group>
      <Button
        size="md"
        onClick={() => {
          wizard.go('go', wizard.job);
        }}
      >
        {migrations.next}
      </Button>
    </Group>
  );
}
