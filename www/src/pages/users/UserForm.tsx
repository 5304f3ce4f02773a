import { Stack, Switch, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useChangeUser, useCreateUser } from '@/entities/person';
import type { User } from '@/entities/person';
import { people as peopleTexts } from '@/shared/texts/people';
import { notifyDone, submitting } from '@/shared/ui';
import { NameField, PasswordField, personRules, RoleField } from './fields';
import { FormEnd } from './FormEnd';

const words = peopleTexts;

/** Of one who is an owner the role alone can be changed here: the rest is every organization's. */
export function UserForm({ user, onClose }: { user: User | undefined; onClose: () => void }) {
  const create = useCreateUser();
  const change = useChangeUser();
  const [error, setError] = useState<unknown>(null);
  const form = useForm({
    initialValues: {
      name: user?.name ?? '',
      full_name: user?.full_name ?? '',
      password: '',
      role: user?.role ?? ('viewer' as User['role']),
      is_active: user?.is_active ?? true,
    },
    validate: personRules,
  });
  const save = form.onSubmit(async ({ password, full_name, ...values }) => {
    setError(
      await submitting(form, async () => {
        const body = { ...values, ...(full_name ? { full_name } : {}), ...(password ? { password } : {}) };
        if (user) await change.mutateAsync({ user, body: onlyChanged(user, body) });
        else await create.mutateAsync(body);
        notifyDone(user ? words.users.saved(values.name) : words.users.added(values.name));
        onClose();
      }),
    );
  });
  return (
    <form onSubmit={save} noValidate>
      <Stack>
        {user?.is_owner ? (
          <Text size="sm">{words.users.roleOnly}</Text>
        ) : (
          <>
            <NameField description={words.mayName} data-autofocus {...form.getInputProps('name')} />
            <TextInput label={words.fullName} autoComplete="off" {...form.getInputProps('full_name')} />
            <PasswordField isNew={!user} {...form.getInputProps('password')} />
          </>
        )}
        <RoleField {...form.getInputProps('role')} />
        {user && !user.is_owner && <Switch label={words.isActive} {...form.getInputProps('is_active', { type: 'checkbox' })} />}
        <FormEnd error={error} isBusy={create.isPending || change.isPending} save={user ? words.save : words.users.add} onClose={onClose} />
      </Stack>
    </form>
  );
}

/** What is the same is not sent: some of it may not be changed here. */
function onlyChanged(user: User, body: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([name, value]) => user[name as keyof User] !== value));
}
