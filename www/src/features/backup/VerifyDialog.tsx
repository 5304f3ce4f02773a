import { Anchor, Button, Group, Modal, Radio, Select, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useVerifyBackup } from '@/entities/backup';
import type { Backup } from '@/entities/backup';
import { useAllServers } from '@/entities/server';
import { newKey } from '@/shared/api';
import { texts } from '@/shared/texts';
import { logs as logTexts } from '@/shared/texts/logs';
import { notifyDone, ProblemAlert, submitting } from '@/shared/ui';
import { forEachOf } from './each';

const words = logTexts.verifying;

interface DialogProps {
  opened: boolean;
  onClose: () => void;
  backups: readonly Backup[];
  onDone?: () => void;
}

export function VerifyDialog(props: DialogProps) {
  const only = props.backups.length === 1 ? props.backups[0] : undefined;
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={only ? words.title(only.name) : words.titleMany(props.backups.length)}>
      <VerifyForm {...props} />
    </Modal>
  );
}

function VerifyForm({ onClose, backups, onDone }: DialogProps) {
  const servers = useAllServers().data ?? [];
  const verify = useVerifyBackup();
  const [intent] = useState(newKey);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const form = useForm<{ how: string; restore_to_server_id: string | null }>({
    initialValues: { how: 'file', restore_to_server_id: null },
    validate: { restore_to_server_id: (value, { how }) => (how === 'trial' && !value ? words.serverMissing : null) },
  });
  const save = form.onSubmit(async ({ how, restore_to_server_id }) => {
    setBusy(true);
    const body = ({ database_id }: Backup) => ({
      ...(how === 'against' && database_id ? { against_database_id: database_id } : {}),
      ...(how === 'trial' && restore_to_server_id ? { restore_to_server_id } : {}),
    });
    let job = '';
    setError(
      await submitting(form, async () => {
        const done = await forEachOf(backups, async (backup) => {
          job = (await verify.mutateAsync({ id: backup.id, body: body(backup), key: `${intent}-${how}-${backup.id}` })).job_id;
        });
        if (done > 0) {
          notifyDone(
            <Anchor href={done === 1 ? `/jobs/${job}` : '/jobs?kind=verify'} size="sm">
              {words.look}
            </Anchor>,
            words.done(done),
          );
        }
        onDone?.();
        onClose();
      }),
    );
    setBusy(false);
  });
  return (
    <form onSubmit={save} noValidate>
      <Stack>
        <Radio.Group label={words.how} {...form.getInputProps('how')}>
          <Stack gap="sm" mt="xs">
            <Radio value="file" label={words.file} description={words.fileHint} />
            {backups.every(({ database_id }) => database_id !== null) && <Radio value="against" label={words.against} description={words.againstHint} />}
            {servers.length > 0 && <Radio value="trial" label={words.trial} description={words.trialHint} />}
          </Stack>
        </Radio.Group>
        {form.values.how === 'trial' && (
          <Select label={words.server} data={servers.map(({ id, name }) => ({ value: id, label: name }))} {...form.getInputProps('restore_to_server_id')} />
        )}
        <ProblemAlert error={error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {texts.confirm.cancel}
          </Button>
          <Button type="submit" loading={isBusy}>
            {words.confirm}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
