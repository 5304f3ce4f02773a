import { Button, Group, PasswordInput, Stack } from '@mantine/core';
import { useState } from 'react';
import { useCreatePreflight } from '@/entities/restore';
import type { PreflightRequest } from '@/entities/restore';
import { newKey } from '@/shared/api';
import { texts } from '@/shared/texts';
import { ProblemAlert, Surface } from '@/shared/ui';

const words = texts.restore.key;

/** The file opened with none of the keys: another one, and the same check again. */
export function KeyAgain({ request, onChecked }: { request: PreflightRequest; onChecked: (preflightId: string, identity: string) => void }) {
  const preflight = useCreatePreflight();
  const [identity, setIdentity] = useState('');
  return (
    <Surface label={words.title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          preflight.mutate(
            { body: { ...request, identity: identity.trim() }, key: newKey() },
            {
              onSuccess: ({ preflight_id }) => {
                onChecked(preflight_id, identity.trim());
              },
            },
          );
        }}
      >
        <Stack>
          <PasswordInput
            label={words.label}
            description={words.hint}
            autoComplete="off"
            maw="34rem"
            value={identity}
            onChange={(event) => {
              setIdentity(event.currentTarget.value);
            }}
          />
          <ProblemAlert error={preflight.error} />
          <Group>
            <Button type="submit" disabled={!identity.trim()} loading={preflight.isPending}>
              {texts.restore.check.again}
            </Button>
          </Group>
        </Stack>
      </form>
    </Surface>
  );
}
