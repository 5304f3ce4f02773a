import { Button, Group, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { BusyNotice } from '@/entities/job';
import { useStartRestore } from '@/entities/restore';
import type { Preflight } from '@/entities/restore';
import { newKey } from '@/shared/api';
import { texts } from '@/shared/texts';
import { ProblemAlert, submitting, Surface, When } from '@/shared/ui';
import { WhatHappens } from './WhatHappens';

const words = texts.restore;

interface ConfirmProps {
  preflight: Preflight;
  /** The database's. */
  name: string;
  identity: string;
  /** A reload has lost the key that was pasted. */
  lacksKey: boolean;
}

/** The last word: the database's name, typed. */
export function Confirm({ preflight, name, identity, lacksKey }: ConfirmProps) {
  const restore = useStartRestore();
  const navigate = useNavigate();
  const [key] = useState(newKey);
  const [error, setError] = useState<unknown>(null);
  const mode = preflight.request.mode ?? 'swap';
  const form = useForm({
    initialValues: { typed: '', identity: '' },
    validate: {
      typed: (value) => (value === name ? null : words.confirm.wrong),
      identity: (value) => (lacksKey && !value.trim() ? words.key.missing : null),
    },
  });
  const start = form.onSubmit(async (values) => {
    const secret = values.identity.trim() || identity.trim();
    setError(
      await submitting(form, async () => {
        const { job_id } = await restore.mutateAsync({ body: { preflight_id: preflight.id, ...(secret ? { identity: secret } : {}) }, key });
        navigate(`/jobs/${job_id}`);
      }),
    );
  });
  return (
    <Surface label={words.confirm.title}>
      <form onSubmit={start} noValidate>
        <Stack gap="sm">
          <Title order={2}>{words.confirm.title}</Title>
          <Text>{words.confirm[mode](name)}</Text>
          <WhatHappens request={preflight.request} name={name} />
          <BusyNotice databaseId={preflight.request.database_id} body={texts.undo.busy.another} />
          {lacksKey && <PasswordInput label={words.key.label} description={words.key.hint} autoComplete="off" maw="28rem" {...form.getInputProps('identity')} />}
          <TextInput label={words.confirm.type(name)} autoComplete="off" spellCheck={false} maw="28rem" {...form.getInputProps('typed')} />
          <ProblemAlert error={error} />
          <Group>
            <Button type="submit" size="md" color={mode === 'new' ? undefined : 'red'} loading={restore.isPending}>
              {words.confirm.button}
            </Button>
            <Text c="dimmed" size="sm">
              {words.check.validUntil} <When at={preflight.expires_at} as="local" />
            </Text>
          </Group>
        </Stack>
      </form>
    </Surface>
  );
}
