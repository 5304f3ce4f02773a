import { Button, Group, Modal, MultiSelect, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useStartBackup } from '@/entities/backup';
import { newKey } from '@/shared/api';
import { texts } from '@/shared/texts';
import { ProblemAlert, required, submitting } from '@/shared/ui';
import { tellJobs } from './dialogs';
import type { Choices } from './useChoices';

const words = texts.schedules.byHand;
const labels = texts.schedules.form;
const options = (things: readonly { id: string; name: string }[]) => things.map(({ id, name }) => ({ value: id, label: name }));
const only = (things: readonly { id: string }[]) => (things.length === 1 ? (things[0]?.id ?? null) : null);

interface DialogProps {
  opened: boolean;
  onClose: () => void;
  choices: Choices;
}

export default function ManualBackupDialog(props: DialogProps) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={words.title} size="lg">
      <BackupForm {...props} />
    </Modal>
  );
}

/** A job for each database; one that was made is not made again when a later one is refused. */
function BackupForm({ onClose, choices }: DialogProps) {
  const start = useStartBackup();
  const [intent] = useState(newKey);
  const [error, setError] = useState<unknown>(null);
  const form = useForm({
    initialValues: {
      database_ids: only(choices.databases) ? choices.databases.map(({ id }) => id) : ([] as string[]),
      storage_id: only(choices.storages),
      key_ids: only(choices.keys) ? choices.keys.map(({ id }) => id) : ([] as string[]),
      folder: '',
      prefix: '',
    },
    validate: {
      database_ids: (value: string[]) => (value.length === 0 ? words.missing : null),
      storage_id: required(labels.storageMissing),
      key_ids: (value: string[]) => (value.length === 0 ? labels.keysMissing : null),
      folder: (value: string) => (value.startsWith('/') || value.split('/').some((part) => part.startsWith('.')) ? labels.folderWrong : null),
      prefix: (value: string) => (/^(?!\.)[^/]{0,60}$/.test(value) ? null : labels.prefixWrong),
    },
  });
  const { database_ids, storage_id } = form.values;
  const names = choices.databases.filter(({ id }) => database_ids.includes(id)).map(({ name }) => name);
  const storage = choices.storages.find(({ id }) => id === storage_id)?.name;
  const save = form.onSubmit(async (values) => {
    setError(
      await submitting(form, async () => {
        const jobs: string[] = [];
        for (const database_id of values.database_ids) {
          const body = { ...values, database_ids: undefined, storage_id: values.storage_id ?? '', database_id };
          jobs.push((await start.mutateAsync({ body, key: `${intent}-${database_id}` })).job_id);
        }
        tellJobs(jobs);
        onClose();
      }),
    );
  });
  return (
    <form onSubmit={save} noValidate>
      <Stack>
        <Text>{words.lead}</Text>
        <MultiSelect label={words.databases} searchable hidePickedOptions limit={50} data={choices.databaseOptions} {...form.getInputProps('database_ids')} />
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <Select label={labels.storage} data={options(choices.storages)} {...form.getInputProps('storage_id')} />
          <MultiSelect label={labels.keys} hidePickedOptions data={options(choices.keys)} {...form.getInputProps('key_ids')} />
          <TextInput label={labels.folder} spellCheck={false} {...form.getInputProps('folder')} />
          <TextInput label={labels.prefix} spellCheck={false} {...form.getInputProps('prefix')} />
        </SimpleGrid>
        {names.length > 0 && storage && <Text fw={550}>{words.question(names.length > 3 ? `${names.slice(0, 3).join(', ')} +${String(names.length - 3)}` : names.join(', '), storage)}</Text>}
        <ProblemAlert error={error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {texts.confirm.cancel}
          </Button>
          <Button type="submit" loading={start.isPending}>
            {words.confirm(database_ids.length)}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
