import { Alert, Button, Group, Modal, PasswordInput, Select, Skeleton, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconCircleCheck, IconCircleX, IconInfoCircle } from '@tabler/icons-react';
import { useState } from 'react';
import { useAllBackups, useTestKey } from '@/entities/backup';
import type { Backup } from '@/entities/backup';
import type { Key } from '@/entities/key';
import { texts } from '@/shared/texts';
import { ProblemAlert, required, submitting } from '@/shared/ui';

const words = texts.keys.testing;
const PASTED = 'pasted';

/** Whether a key opens a file, by the head of the file: a moment, however large it is. */
export function TestDialog({ opened, onClose, keys }: { keys: readonly Key[]; opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title={words.title} size="lg">
      <Loaded keys={keys} />
    </Modal>
  );
}

function Loaded({ keys }: { keys: readonly Key[] }) {
  const backups = useAllBackups();
  if (!backups.data) return backups.error ? <ProblemAlert error={backups.error} onRetry={() => void backups.refetch()} /> : <Skeleton h={260} />;
  return <Test keys={keys} backups={backups.data.filter(({ state, fingerprints }) => state !== 'deleted' && fingerprints.length > 0)} />;
}

interface Tried {
  opens: boolean;
  key: string;
  file: string;
}

function Test({ keys, backups }: { keys: readonly Key[]; backups: readonly Backup[] }) {
  const test = useTestKey();
  const [tried, setTried] = useState<Tried | null>(null);
  const [error, setError] = useState<unknown>(null);
  const form = useForm<{ backup: string | null; key: string | null; identity: string }>({
    initialValues: { backup: backups[0]?.id ?? null, key: keys.find(({ has_secret }) => has_secret)?.id ?? PASTED, identity: '' },
    validate: {
      backup: required(words.fileMissing),
      identity: (value, values) => (values.key === PASTED && !value.trim() ? words.secretMissing : null),
    },
    onValuesChange: () => {
      setTried(null); // it was said of another file, or of another key
    },
  });
  const { backup: chosen, key: keyId } = form.values;
  const backup = backups.find(({ id }) => id === chosen);
  const key = keys.find(({ id }) => id === keyId);
  const start = form.onSubmit(async ({ identity }) => {
    setTried(null);
    setError(
      await submitting(form, async () => {
        const body = key ? { key_id: key.id } : { identity: identity.trim() };
        const { opens } = await test.mutateAsync({ id: chosen ?? '', body });
        form.setFieldValue('identity', '');
        setTried({ opens, key: key?.name ?? words.thePasted, file: backup?.name ?? '' });
      }),
    );
  });
  return (
    <form onSubmit={start} noValidate>
      <Stack>
        <Text>{words.lead}</Text>
        <Select
          label={words.file}
          description={words.fileHint}
          searchable
          limit={50}
          data={backups.map(({ id, name }) => ({ value: id, label: name }))}
          {...form.getInputProps('backup')}
        />
        <Select label={words.key} allowDeselect={false} data={[...keys.map(({ id, name }) => ({ value: id, label: name })), { value: PASTED, label: words.pasted }]} {...form.getInputProps('key')} />
        {keyId === PASTED && <PasswordInput label={words.secret} description={words.secretHint} autoComplete="off" {...form.getInputProps('identity')} />}
        {backup && <Named backup={backup} keys={keys} />}
        {key && !key.has_secret && <Text size="sm">{words.noSecret(key.name)}</Text>}
        {tried && <Verdict tried={tried} />}
        <ProblemAlert error={error} />
        <Group justify="flex-end">
          <Button type="submit" loading={test.isPending} disabled={key !== undefined && !key.has_secret}>
            {words.confirm}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Which keys the backup was made for, by what is known here of it. */
function Named({ backup, keys }: { backup: Backup; keys: readonly Key[] }) {
  const names = backup.fingerprints.map((each) => `${keys.find(({ fingerprint }) => fingerprint === each)?.name ?? words.stranger} (${each})`);
  return (
    <Text size="sm" c="dimmed">
      <IconInfoCircle size={14} aria-hidden /> {words.names(names.join(', '))}
    </Text>
  );
}

function Verdict({ tried: { opens, key, file } }: { tried: Tried }) {
  return (
    <Alert color={opens ? 'green' : 'red'} icon={opens ? <IconCircleCheck aria-hidden /> : <IconCircleX aria-hidden />} title={opens ? words.opened : words.failed} role="status">
      {opens ? words.openedBody(key, file) : words.failedBody(key, file)}
    </Alert>
  );
}
