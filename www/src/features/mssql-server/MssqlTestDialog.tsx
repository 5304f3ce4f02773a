import { Button, Group, Loader, Modal, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useEffect, useRef, useState } from 'react';
import { MssqlSteps, useTestMssqlServer } from '@/entities/mssql-server';
import type { MssqlCheck, MssqlServer } from '@/entities/mssql-server';
import { texts } from '@/shared/texts';
import { mssqlServers } from '@/shared/texts/mssqlServers';
import { ProblemAlert, required, Status, submitting } from '@/shared/ui';

const words = mssqlServers.check;

/** Asks for what a test needs, and shows what came of it. */
export function MssqlTestDialog({ opened, ...props }: { opened: boolean; server: MssqlServer; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={props.onClose} size="lg" title={words.title(props.server.name)}>
      <Test {...props} />
    </Modal>
  );
}

function Test({ server, onClose }: { server: MssqlServer; onClose: () => void }) {
  const test = useTestMssqlServer();
  const [error, setError] = useState<unknown>(null);
  const [tested, setTested] = useState<{ database: string; check: MssqlCheck } | null>(null);
  const result = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (tested) result.current?.scrollIntoView({ block: 'nearest' });
  }, [tested]);
  const form = useForm({
    initialValues: { database_name: '', password: '' },
    validate: {
      database_name: (value) => required(words.databaseMissing)(value) ?? (value.trim().length > 128 ? mssqlServers.form.tooLong : null),
      password: (value) => (server.has_password || value !== '' ? null : mssqlServers.form.passwordMissing),
    },
  });
  const run = form.onSubmit(async ({ database_name, password }) => {
    setTested(null);
    setError(
      await submitting(form, async () => {
        const database = database_name.trim();
        const body = { database_name: database, ...(server.has_password ? {} : { password }) };
        setTested({ database, check: await test.mutateAsync({ id: server.id, body }) });
      }),
    );
  });
  return (
    <form onSubmit={run} noValidate>
      <Stack>
        <Text c="dimmed">{words.lead}</Text>
        <TextInput
          label={words.database}
          description={words.databaseHint}
          data-autofocus
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          {...form.getInputProps('database_name')}
        />
        {!server.has_password && (
          <PasswordInput label={words.password(server.username)} description={words.passwordHint} autoComplete="off" {...form.getInputProps('password')} />
        )}
        <ProblemAlert error={error} />
        <div role="status" ref={result}>
          {test.isPending && (
            <Group gap="xs">
              <Loader size="sm" aria-hidden />
              <Text>{words.busy(server.address)}</Text>
            </Group>
          )}
          {tested && (
            <Stack gap="sm">
              <div>
                <Status tone={tested.check.ok ? 'ok' : 'bad'}>{tested.check.ok ? words.ok(tested.database) : words.failed}</Status>
              </div>
              <MssqlSteps check={tested.check} />
            </Stack>
          )}
        </div>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {texts.close}
          </Button>
          <Button type="submit" loading={test.isPending}>
            {tested ? words.again : words.run}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
