import { Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useSaveOrganization } from '@/entities/person';
import type { Organization } from '@/entities/person';
import { people as peopleTexts } from '@/shared/texts/people';
import { notifyDone, submitting } from '@/shared/ui';
import { personRules } from './fields';
import { FormEnd } from './FormEnd';

const words = peopleTexts;

export function OrganizationForm({ organization, onClose }: { organization: Organization | undefined; onClose: () => void }) {
  const save = useSaveOrganization();
  const [error, setError] = useState<unknown>(null);
  const form = useForm({ initialValues: { name: organization?.name ?? '' }, validate: { name: personRules.name } });
  const submit = form.onSubmit(async ({ name }) => {
    setError(
      await submitting(form, async () => {
        await save.mutateAsync({ organization, name });
        notifyDone(words.organizations.saved(name));
        onClose();
      }),
    );
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextInput label={words.name} autoComplete="off" data-autofocus {...form.getInputProps('name')} />
        <FormEnd error={error} isBusy={save.isPending} save={organization ? words.organizations.rename : words.organizations.add} onClose={onClose} />
      </Stack>
    </form>
  );
}
