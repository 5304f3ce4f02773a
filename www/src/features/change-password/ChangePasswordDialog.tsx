import { Button, Group, Modal, PasswordInput, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useSetPassword } from '@/entities/me';
import { texts } from '@/shared/texts';
import { notifyDone, ProblemAlert, required, submitting } from '@/shared/ui';

const words = texts.shell.password;

export function ChangePasswordDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title={words.title}>
      <PasswordForm onClose={onClose} />
    </Modal>
  );
}

function PasswordForm({ onClose }: { onClose: () => void }) {
  const setPassword = useSetPassword();
  const [error, setError] = useState<unknown>(null);
  const form = useForm({
    initialValues: { old_password: '', new_password: '', again: '' },
    validate: {
      old_password: required(words.oldMissing),
      new_password: (value) => (value.length < 12 ? words.tooShort : null),
      again: (value, values) => (value === values.new_password ? null : words.differs),
    },
  });
  const save = form.onSubmit(async ({ old_password, new_password }) => {
    setError(
      await submitting(form, async () => {
        await setPassword.mutateAsync({ old_password, new_password });
        notifyDone(words.done);
        onClose();
      }),
    );
  });
  return (
    <form onSubmit={save} noValidate>
      <Stack>
        <PasswordInput label={words.old} autoComplete="current-password" data-autofocus {...form.getInputProps('old_password')} />
        <PasswordInput label={words.new} description={words.hint} autoComplete="new-password" {...form.getInputProps('new_password')} />
        <PasswordInput label={words.again} autoComplete="new-password" {...form.getInputProps('again')} />
        <ProblemAlert error={error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {texts.confirm.cancel}
          </Button>
          <Button type="submit" loading={setPassword.isPending}>
            {words.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
