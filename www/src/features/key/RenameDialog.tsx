import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useChangeKey } from '@/entities/key';
import type { Key } from '@/entities/key';
import { texts } from '@/shared/texts';
import { notifyDone, ProblemAlert, required, submitting } from '@/shared/ui';

const words = texts.keys.renaming;

interface DialogProps {
  keyOf: Key;
  opened: boolean;
  onClose: () => void;
}

export function RenameDialog(props: DialogProps) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={words.title(props.keyOf.name)}>
      <RenameForm {...props} />
    </Modal>
  );
}

function RenameForm({ keyOf, onClose }: DialogProps) {
  const change = useChangeKey();
  const [error, setError] = useState<unknown>(null);
  const form = useForm({ initialValues: { name: keyOf.name }, validate: { name: required(texts.keys.adding.nameMissing) } });
  const save = form.onSubmit(async (body) => {
    setError(
      await submitting(form, async () => {
        const { name } = await change.mutateAsync({ key: keyOf, body });
        notifyDone(words.done(name));
        onClose();
      }),
    );
  });
  return (
    <form onSubmit={save} noValidate>
      <Stack>
        <TextInput label={texts.keys.columns.name} data-autofocus autoComplete="off" {...form.getInputProps('name')} />
        <ProblemAlert error={error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {texts.confirm.cancel}
          </Button>
          <Button type="submit" loading={change.isPending} disabled={!form.isDirty()}>
            {texts.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
