import { Alert, NumberInput, Select, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useCreateToken } from '@/entities/token';
import { people as peopleTexts } from '@/shared/texts/people';
import { required, submitting } from '@/shared/ui';
import { RoleField } from './fields';
import type { PersonRole } from './fields';
import { FormEnd } from './FormEnd';

const words = peopleTexts.tokens;
const expiryOptions = (['30', '90', '365', 'custom', 'never'] as const).map((value) => ({ value, label: words.expiries[value] }));

function expiryOf({ expiry, days }: { expiry: string; days: number | string }): string | null {
  if (expiry === 'never') return null;
  return new Date(Date.now() + Number(expiry === 'custom' ? days : expiry) * 86_400_000).toISOString();
}

export function TokenForm({ onMade, onClose }: { onMade: (token: string) => void; onClose: () => void }) {
  const create = useCreateToken();
  const [error, setError] = useState<unknown>(null);
  const form = useForm({
    initialValues: { name: '', role: 'viewer' as PersonRole, expiry: '90', days: 7 as number | string },
    validate: {
      name: (value) => required(peopleTexts.nameMissing)(value) ?? (value.length > 200 ? peopleTexts.tooLong : null),
      days: (value, { expiry }) => (expiry !== 'custom' || (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 3650) ? null : words.daysWrong),
    },
  });
  const { expiry } = form.getValues();
  const save = form.onSubmit(async (values) => {
    setError(
      await submitting(form, async () => {
        const made = await create.mutateAsync({ name: values.name, role: values.role, expires_at: expiryOf(values) });
        onMade(made.token);
      }),
    );
  });
  return (
    <form onSubmit={save} noValidate>
      <Stack>
        <TextInput label={peopleTexts.name} description={words.nameHint} data-autofocus autoComplete="off" {...form.getInputProps('name')} />
        <RoleField {...form.getInputProps('role')} />
        <Select label={words.expiry} data={expiryOptions} allowDeselect={false} {...form.getInputProps('expiry')} />
        {expiry === 'custom' && <NumberInput label={words.days} hideControls {...form.getInputProps('days')} />}
        {expiry === 'never' && (
          <Alert color="yellow" variant="light">
            <Text size="sm">{words.noExpiry}</Text>
          </Alert>
        )}
        <FormEnd error={error} isBusy={create.isPending} save={words.make} onClose={onClose} />
      </Stack>
    </form>
  );
}
