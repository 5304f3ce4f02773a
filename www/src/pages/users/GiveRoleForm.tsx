import { Select, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useAllOrganizations, useJoinOrganization } from '@/entities/person';
import type { Account } from '@/entities/person';
import { texts } from '@/shared/texts';
import { people as peopleTexts } from '@/shared/texts/people';
import { notifyDone, required, submitting } from '@/shared/ui';
import { RoleField } from './fields';
import type { PersonRole } from './fields';
import { FormEnd } from './FormEnd';

const words = peopleTexts.accounts.giving;

/** A role in one more organization, or another one where there is one. */
export function GiveRoleForm({ account, onClose }: { account: Account; onClose: () => void }) {
  const organizations = useAllOrganizations();
  const join = useJoinOrganization();
  const [error, setError] = useState<unknown>(null);
  const form = useForm({
    initialValues: { organization: '', role: 'viewer' as PersonRole },
    validate: { organization: required(words.organizationMissing) },
  });
  const options = (organizations.data ?? []).map(({ id, name }) => ({ value: id, label: name }));
  const save = form.onSubmit(async ({ organization, role }) => {
    setError(
      await submitting(form, async () => {
        await join.mutateAsync({ organizationId: organization, userId: account.id, role });
        const name = options.find(({ value }) => value === organization)?.label ?? '';
        notifyDone(words.done(account.name, texts.shell.account.role[role].toLowerCase(), name));
        onClose();
      }),
    );
  });
  return (
    <form onSubmit={save} noValidate>
      <Stack>
        <Select label={words.organization} data={options} searchable data-autofocus {...form.getInputProps('organization')} />
        <RoleField {...form.getInputProps('role')} />
        <FormEnd error={error} isBusy={join.isPending} save={words.confirm} onClose={onClose} />
      </Stack>
    </form>
  );
}
