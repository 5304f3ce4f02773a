import { Button, Group, Text } from '@mantine/core';
import { useCreatePreflight } from '@/entities/restore';
import type { PreflightRequest } from '@/entities/restore';
import { newKey } from '@/shared/api';
import { texts } from '@/shared/texts';
import { ProblemAlert } from '@/shared/ui';

const words = texts.restore.check;

interface RolesAgainProps {
  request: PreflightRequest;
  identity: string;
  onChecked: (preflightId: string, identity: string) => void;
}

/** On another server roles are missing more often than not: one click has them made, and checks again. */
export function RolesAgain({ request, identity, onChecked }: RolesAgainProps) {
  const preflight = useCreatePreflight();
  const again = () => {
    preflight.mutate(
      { body: { ...request, create_roles: true, ...(identity ? { identity } : {}) }, key: newKey() },
      {
        onSuccess: ({ preflight_id }) => {
          onChecked(preflight_id, identity);
        },
      },
    );
  };
  return (
    <>
      <Group>
        <Button loading={preflight.isPending} onClick={again}>
          {words.makeRoles}
        </Button>
        <Text c="dimmed" size="sm" flex="1 1 14rem">
          {words.makeRolesHint}
        </Text>
      </Group>
      <ProblemAlert error={preflight.error} />
    </>
  );
}
