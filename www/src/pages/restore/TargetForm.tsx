import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import type { Backup } from '@/entities/backup';
import type { Database } from '@/entities/database';
import { useCreatePreflight } from '@/entities/restore';
import type { HaltPresets } from '@/entities/settings';
import { newKey } from '@/shared/api';
import { texts } from '@/shared/texts';
import { ProblemAlert, submitting, Surface } from '@/shared/ui';
import { GoneNotice } from './GoneNotice';
import { KeyField } from './KeyField';
import { ModeChoice } from './ModeChoice';
import { Options } from './Options';
import { TargetFields } from './TargetFields';
import { requestOf, usual } from './values';
import type { Values } from './values';

const words = texts.restore;
const isWithin = (value: number | string, most: number) => value === '' || (typeof value === 'number' && value >= 1 && value <= most);

interface TargetFormProps {
  backup: Backup;
  databases: readonly Database[];
  servers: readonly { id: string; name: string }[];
  needsKey: boolean;
  draft: Values | null;
  /** What Settings say is halted: the form begins so. */
  presets: HaltPresets;
  /** What is offered first. */
  own: Database | undefined;
  onChecked: (preflightId: string, values: Values) => void;
}

export function TargetForm({ backup, databases, servers, needsKey, draft, presets, own, onChecked }: TargetFormProps) {
  const preflight = useCreatePreflight();
  const [error, setError] = useState<unknown>(null);
  const form = useForm<Values>({
    initialValues: draft ?? {
      ...usual,
      ...presets,
      mode: databases.length === 0 ? 'new' : 'swap',
      database_id: own?.id ?? null,
      server_id: own?.server_id ?? (servers.length === 1 ? (servers[0]?.id ?? null) : null),
    },
    validate: {
      database_id: (value, { mode }) => (mode !== 'new' && !value ? words.target.databaseMissing : null),
      server_id: (value, { mode }) => (mode === 'new' && !value ? words.target.serverMissing : null),
      database_name: (value, { mode }) =>
        mode !== 'new' ? null : !value.trim() ? words.target.nameMissing : new TextEncoder().encode(value.trim()).length > 63 ? words.target.nameLong : null,
      identity: (value) => (needsKey && !value.trim() ? words.key.missing : null),
      keep_hours: (value) => (isWithin(value, 8760) ? null : words.options.keepWrong),
      jobs: (value) => (isWithin(value, 128) ? null : words.options.jobsWrong),
    },
  });
  const check = form.onSubmit(async (values) => {
    setError(
      await submitting(form, async () => {
        const { preflight_id } = await preflight.mutateAsync({ body: requestOf(backup.id, values), key: newKey() });
        onChecked(preflight_id, values);
      }),
    );
  });
  return (
    <form onSubmit={check} noValidate>
      <Stack>
        <Surface label={words.target.title}>
          <Title order={2} mb="sm">
            {words.target.title}
          </Title>
          <Stack>
            {own && <GoneNotice form={form} database={own} />}
            <ModeChoice value={form.values.mode} onChange={(mode) => form.setFieldValue('mode', mode)} hasDatabases={databases.length > 0} />
            <TargetFields form={form} databases={databases} servers={servers} />
          </Stack>
        </Surface>
        <KeyField form={form} isNeeded={needsKey} fingerprint={backup.fingerprints[0]} />
        <Options form={form} presets={presets} />
        <ProblemAlert error={error} />
        <Group>
          <Button type="submit" size="md" loading={preflight.isPending} disabled={backup.state !== 'good'}>
            {words.target.check}
          </Button>
          <Text c="dimmed" size="sm" flex="1 1 14rem">
            {words.target.checkHint}
          </Text>
        </Group>
      </Stack>
    </form>
  );
}
