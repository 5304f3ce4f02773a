import { Button, Group, List, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconArrowLeft } from '@tabler/icons-react';
import { useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { BusyNotice } from '@/entities/job';
import { makesKey, requestOf, useMigrate } from '@/entities/migration';
import type { Values } from '@/entities/migration';
import { newKey } from '@/shared/api';
import { texts } from '@/shared/texts';
import { migrations } from '@/shared/texts/migrations';
import { ProblemAlert, submitting, Surface } from '@/shared/ui';
import { IdentityField } from './IdentityField';
import { isMasterPassword, MasterKeyField } from './MasterKeyField';
import { PasswordField } from './PasswordField';
import { namesOf } from './useEnds';
import type { Ends } from './useEnds';
import { useSource } from './useSource';
import type { Wizard } from './useWizard';

const words = migrations.go;

/** The target's name, typed; and the secrets that are not kept and that a reload has lost. */
export function Confirm({ wizard, ends }: { wizard: Wizard; ends: Ends }) {
  const { values, secrets } = wizard;
  const migrate = useMigrate();
  const navigate = useNavigate();
  const [key] = useState(newKey);
  const [error, setError] = useState<unknown>(null);
  const [isTried, setTried] = useState(false);
  const { backup, lacksKey } = useSource(values);
  const { source, name, server } = namesOf(ends, values, backup);
  const mssql = values.target === 'sql-server' ? ends.mssqlServers.find(({ id }) => id === values.mssql_server_id) : undefined;
  const form = useForm({ initialValues: { typed: '' }, validate: { typed: (value) => (value === name ? null : words.wrong) } });
  const asked = {
    ...(mssql && !mssql.has_password ? { password: secrets.password } : {}),
    ...(lacksKey ? { identity: secrets.identity.trim() } : {}),
    ...(makesKey(values) ? { master_key_password: secrets.master } : {}),
  };
  const start = form.onSubmit(async () => {
    setTried(true);
    if (asked.password === '' || asked.identity === '' || (makesKey(values) && !isMasterPassword(secrets.master))) return;
    setError(
      await submitting(form, async () => {
        const { job_id } = await migrate.mutateAsync({ body: { ...requestOf(values), ...asked }, key });
        wizard.began(values, { migration: job_id });
        navigate(`/jobs/${job_id}`);
      }),
    );
  });
  return (
    <Surface label={words.title}>
      <form onSubmit={start} noValidate>
        <Stack gap="sm">
          <Title order={2}>{words.title}</Title>
          <Text>{words[values.target](source, name, server)}</Text>
          <WhatHappens values={values} ends={ends} />
          <BusyNotice databaseId={values.target === 'swap' ? values.target_database_id : null} body={texts.undo.busy.another} />
          <IdentityField values={values} wizard={wizard} isTried={isTried} />
          <PasswordField server={mssql} wizard={wizard} isTried={isTried} />
          {makesKey(values) && <MasterKeyField wizard={wizard} isTried={isTried} />}
          <TextInput label={words.type(name)} autoComplete="off" spellCheck={false} maw="28rem" {...form.getInputProps('typed')} />
          <ProblemAlert error={error} />
          <Group>
            <Button type="submit" size="md" color={values.target === 'swap' ? 'red' : undefined} loading={migrate.isPending}>
              {words.button}
            </Button>
            <Button
              variant="subtle"
              leftSection={<IconArrowLeft size={16} aria-hidden />}
              onClick={() => {
                wizard.go('check', wizard.job);
              }}
            >
              {migrations.back}
            </Button>
          </Group>
        </Stack>
      </form>
    </Surface>
  );
}

function WhatHappens({ values, ends }: { values: Values; ends: Ends }) {
  const isMssql = values.target === 'sql-server';
  const halts = values.from === 'live' && values.others === 'halt';
  const out = [...values.exclude_schemas, ...values.exclude_tables];
  const steps = [
    ...(values.from === 'backup' ? [words.list.scratch(ends.servers.find(({ id }) => id === values.scratch_server_id)?.name ?? '')] : []),
    ...(isMssql ? [] : [words.list[values.backup]]),
    ...(out.length > 0 ? [words.list.out(out.join(', '))] : []),
    ...(isMssql && values.encrypt.length > 0 ? [words.list.encrypted(values.encrypt.join(', '))] : []),
    ...(halts ? [words.list.halt] : []),
    words.list.load,
    ...(values.from === 'live' && values.others === 'go_on' ? [words.list.later] : []),
    words.list.prove,
    ...(values.target === 'swap' ? [words.list.swap, words.list.safety[values.safety]] : []),
    ...(isMssql ? [words.list.again] : []),
    ...(halts ? [words.list.closed] : []),
  ];
  return (
    <List spacing={4} aria-label={words.happens} maw="48rem">
      {steps.map((step) => (
        <List.Item key={step}>{step}</List.Item>
      ))}
    </List>
  );
}
