import { Alert, Button, Group, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconAlertCircle } from '@tabler/icons-react';
import { useState } from 'react';
import { useChangeStorage, useCreateStorage } from '@/entities/storage';
import type { Storage } from '@/entities/storage';
import { texts } from '@/shared/texts';
import { ProblemAlert, required, submitting } from '@/shared/ui';

const words = texts.storages.form;

interface StorageFormProps {
  /** The one to change; absent: a new one. */
  storage?: Storage;
  /** It is saved and its probe went well. When the probe fails, the form stays, and says why. */
  onWorks: (storage: Storage) => void;
  onCancel?: () => void;
}

/** A storage is saved and probed in one. */
export function StorageForm({ storage, onWorks, onCancel }: StorageFormProps) {
  const [saved, setSaved] = useState(storage);
  const [failure, setFailure] = useState<string | null>(storage?.check?.ok === false ? storage.check.message : null);
  const [error, setError] = useState<unknown>(null);
  const create = useCreateStorage();
  const change = useChangeStorage();
  const form = useForm({
    initialValues: { name: storage?.name ?? '', path: storage?.path ?? '' },
    validate: {
      name: (value) => required(words.nameMissing)(value) ?? (value.length > 200 ? words.tooLong : null),
      path: (value) => (!value.startsWith('/') ? words.pathWrong : value.length > 1000 ? words.tooLong : null),
    },
  });
  const save = form.onSubmit(async (body) => {
    setFailure(null);
    setError(
      await submitting(form, async () => {
        const answer = saved ? await change.mutateAsync({ storage: saved, body }) : await create.mutateAsync(body);
        setSaved(answer);
        if (answer.check?.ok) onWorks(answer);
        else setFailure(answer.check?.message ?? '');
      }),
    );
  });
  return (
    <form onSubmit={save} noValidate>
      <Stack>
        <TextInput label={words.name} description={words.nameHint} data-autofocus autoComplete="off" {...form.getInputProps('name')} />
        <TextInput
          label={words.path}
          description={words.pathHint}
          placeholder="/var/lib/holdfast/storage/main"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          {...form.getInputProps('path')}
        />
        <ProblemAlert error={error} />
        {failure !== null && (
          <Alert color="red" icon={<IconAlertCircle aria-hidden />} title={words.failed(saved?.name ?? '')} role="alert">
            {failure}
          </Alert>
        )}
        <Group justify="flex-end">
          {onCancel && (
            <Button variant="default" onClick={onCancel}>
              {texts.confirm.cancel}
            </Button>
          )}
          <Button type="submit" loading={create.isPending || change.isPending}>
            {saved ? words.save : words.addAndProbe}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
