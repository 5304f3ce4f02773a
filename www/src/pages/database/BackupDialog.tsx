import { Alert, Anchor, Button, Group, Modal, Select, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useStartBackup } from '@/entities/backup';
import type { Database } from '@/entities/database';
import { useAllKeys } from '@/entities/key';
import { useAllStorages } from '@/entities/storage';
import { newKey } from '@/shared/api';
import { texts } from '@/shared/texts';
import { notifyDone, ProblemAlert, required, submitting } from '@/shared/ui';

const words = texts.databases.backupNow;

interface DialogProps {
  opened: boolean;
  onClose: () => void;
  database: Database;
}

export function BackupDialog(props: DialogProps) {
  const storages = useAllStorages().data;
  const keys = useAllKeys().data;
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={words.title(props.database.name)}>
      {storages && keys && (storages.length === 0 || keys.length === 0 ? <Alert>{words.needs}</Alert> : <BackupForm {...props} storages={storages} keys={keys} />)}
    </Modal>
  );
}

type Choice = readonly { id: string; name: string }[];
const options = (things: Choice) => things.map(({ id, name }) => ({ value: id, label: name }));

function BackupForm({ onClose, database, storages, keys }: DialogProps & { storages: Choice; keys: Choice }) {
  const start = useStartBackup();
  const [key] = useState(newKey);
  const [error, setError] = useState<unknown>(null);
  const only = (things: Choice) => (things.length === 1 ? (things[0]?.id ?? null) : null);
  const form = useForm<{ storage_id: string | null; key_id: string | null }>({
    initialValues: { storage_id: only(storages), key_id: only(keys) },
    validate: { storage_id: required(words.storageMissing), key_id: required(words.keyMissing) },
  });
  const save = form.onSubmit(async ({ storage_id, key_id }) => {
    setError(
      await submitting(form, async () => {
        const body = { database_id: database.id, storage_id: storage_id ?? '', key_ids: [key_id ?? ''] };
        const { job_id } = await start.mutateAsync({ body, key });
        notifyDone(
          <Anchor href={`/jobs/${job_id}`} size="sm">
            {texts.shell.tray.look}
          </Anchor>,
          words.done(database.name),
        );
        onClose();
      }),
    );
  });
  return (
    <form onSubmit={save} noValidate>
      <Stack>
        <Text>{words.body}</Text>
        <Select label={words.storage} data={options(storages)} {...form.getInputProps('storage_id')} />
        <Select label={words.key} data={options(keys)} {...form.getInputProps('key_id')} />
        <ProblemAlert error={error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {texts.confirm.cancel}
          </Button>
          <Button type="submit" loading={start.isPending} data-autofocus>
            {words.confirm}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
