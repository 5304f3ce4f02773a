import { Stack, Switch, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useSaveAccount } from '@/entities/person';
import type { Account } from '@/entities/person';
import { people as peopleTexts } from '@/shared/texts/people';
import { notifyDone, submitting } from '@/shared/ui';
import { NameField, PasswordField, personRules } from './fields';
import { FormEnd } from './FormEnd';

const words = peopleTexts;

export function AccountForm({ account, onClose }: { account: Account | undefined; onClose: () => void }) {
  const save = useSaveAccount();
  const [error, setError] = useState<unknown>(null);
  const form = useForm({
    initialValues: {
      name: account?.name ?? '',
      full_name: account?.full_name ?? '',
      password: '',
      is_owner: account?.is_owner ?? false,
      is_active: account?.is_active ?? true,
    },
    validate: personRules,
  });
  const submit = form.onSubmit(async ({ password, full_name, ...values }) => {
    setError(
      await submitting(form, async () => {
        await save.mutateAsync({ account, body: { ...values, ...(full_name ? { full_name } : {}), ...(password ? { password } : {}) } });
        notifyDone(words.accounts.saved(values.name));
        onClose();
      }),
    );
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <NameField description={words.mayName} data-autofocus {...form.getInputProps('name')} />
        <TextInput label={words.fullName} autoComplete="off" {...form.getInputProps('full_name')} />
        <PasswordField isNew={!account} {...form.getInputProps('password')} />
        <Switch label={words.accounts.isOwner} description={words.accounts.isOwnerHint} {...form.getInputProps('is_owner', { type: 'checkbox' })} />
        <Switch label={words.isActive} {...form.getInputProps('is_active', { type: 'checkbox' })} />
        <FormEnd error={error} isBusy={save.isPending} save={account ? words.save : words.accounts.add} onClose={onClose} />
      </Stack>
    </form>
  );
}
