import { Alert, Anchor, Button, Group, Loader, Modal, PasswordInput, Select, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconCircleCheck, IconCircleX, IconInfoCircle } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'react-router-dom';
import { useVerifyBackup } from '@/entities/backup';
import type { Backup } from '@/entities/backup';
import type { Key } from '@/entities/key';
import { useLogJob } from '@/entities/log';
import { newKey } from '@/shared/api';
import { counted } from '@/shared/lib/units';
import { texts } from '@/shared/texts';
import { ProblemAlert, required, submitting } from '@/shared/ui';

const words = texts.keys.testing;
const PASTED = 'pasted';

interface TestProps {
  keys: readonly Key[];
  backups: readonly Backup[];
}

/** Whether a key opens a file: by what the file names at once, and by reading it from end to end. */
export function TestDialog({ opened, onClose, ...rest }: TestProps & { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title={words.title} size="lg">
      <Test {...rest} />
    </Modal>
  );
}

function Test({ keys, backups }: TestProps) {
  const verify = useVerifyBackup();
  const [intent, setIntent] = useState(newKey);
  const [jobId, setJobId] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const there = backups.filter(({ state }) => state === 'good');
  const form = useForm<{ backup: string | null; key: string | null; identity: string }>({
    initialValues: { backup: there[0]?.id ?? null, key: keys[0]?.id ?? PASTED, identity: '' },
    validate: {
      backup: required(words.fileMissing),
      identity: (value, values) => (values.key === PASTED && !value.trim() ? words.secretMissing : null),
    },
  });
  const { backup: chosen, key: keyId } = form.values;
  const backup = there.find(({ id }) => id === chosen);
  const key = keys.find(({ id }) => id === keyId);
  const doesNotFit = backup !== undefined && key !== undefined && !backup.fingerprints.includes(key.fingerprint);
  const start = form.onSubmit(async ({ identity }) => {
    setError(
      await submitting(form, async () => {
        const body = keyId === PASTED ? { identity: identity.trim() } : {};
        const { job_id } = await verify.mutateAsync({ id: chosen ?? '', body, key: intent });
        setIntent(newKey());
        form.setFieldValue('identity', '');
        setJobId(job_id);
      }),
    );
  });
  if (jobId !== null) return <Verdict jobId={jobId} onAgain={() => { setJobId(null); }} />;
  return (
    <form onSubmit={start} noValidate>
      <Stack>
        <Text>{words.lead}</Text>
        <Select
          label={words.file}
          description={words.fileHint}
          searchable
          limit={50}
          data={there.map(({ id, name }) => ({ value: id, label: name }))}
          {...form.getInputProps('backup')}
        />
        <Select label={words.key} allowDeselect={false} data={[...keys.map(({ id, name }) => ({ value: id, label: name })), { value: PASTED, label: words.pasted }]} {...form.getInputProps('key')} />
        {keyId === PASTED && <PasswordInput label={words.secret} description={words.secretHint} autoComplete="off" {...form.getInputProps('identity')} />}
        {backup && <Finding backup={backup} keys={keys} chosen={key} />}
        <ProblemAlert error={error} />
        <Group justify="flex-end">
          <Button type="submit" loading={verify.isPending} disabled={doesNotFit || (key !== undefined && !key.has_secret)}>
            {words.confirm}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** What the file's own list of keys says, before anything is read. */
function Finding({ backup, keys, chosen }: { backup: Backup; keys: readonly Key[]; chosen: Key | undefined }) {
  const own = keys.filter(({ fingerprint, has_secret }) => has_secret && backup.fingerprints.includes(fingerprint));
  const fits = chosen && backup.fingerprints.includes(chosen.fingerprint);
  const icon = !chosen ? <IconInfoCircle aria-hidden /> : fits ? <IconCircleCheck aria-hidden /> : <IconCircleX aria-hidden />;
  return (
    <Alert color={!chosen ? undefined : fits ? 'green' : 'red'} icon={icon} role="status">
      {chosen ? (fits ? words.fits(chosen.name) : words.fitsNot(chosen.name)) : own.length > 0 ? words.ownToo : words.alone}
      {backup.fingerprints.length > 0 && ` ${words.names(backup.fingerprints.join(', '))}`}
    </Alert>
  );
}

function Verdict({ jobId, onAgain }: { jobId: string; onAgain: () => void }) {
  const job = useLogJob(jobId).data;
  const { tables, rows } = (job?.result ?? {}) as { tables?: number; rows?: number };
  return (
    <Stack role="status">
      {job?.state === 'succeeded' ? (
        <Alert color="green" icon={<IconCircleCheck aria-hidden />} title={words.opened}>
          {words.openedBody(counted(tables ?? 0, 'table'), counted(rows ?? 0, 'row'))}
        </Alert>
      ) : job?.ended_at ? (
        <Alert color="red" icon={<IconCircleX aria-hidden />} title={words.failed}>
          {job.error?.message ?? texts.jobs.state[job.state]}
        </Alert>
      ) : (
        <Group gap="sm">
          <Loader size="sm" />
          <Text>{words.reading}</Text>
        </Group>
      )}
      <Group justify="space-between">
        <Anchor component={Link} to={`/jobs/${jobId}`}>
          {words.look}
        </Anchor>
        <Button variant="default" onClick={onAgain}>
          {words.again}
        </Button>
      </Group>
    </Stack>
  );
}
