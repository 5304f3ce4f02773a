import { Alert, Button, Group } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { migrations } from '@/shared/texts/migrations';
import type { Wizard } from './useWizard';

/** From an assessment that nothing stands against to the confirmation, unless something else is chosen by now. */
export function Next({ wizard }: { wizard: Wizard }) {
  if (!wizard.isAssessed) {
    return (
      <Alert color="yellow" icon={<IconAlertTriangle aria-hidden />} role="alert">
        {migrations.check.changed}
      </Alert>
    );
  }
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
