import { Checkbox, Stack, Title } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import type { Values } from '@/entities/migration';
import { migrations } from '@/shared/texts/migrations';
import { Surface } from '@/shared/ui';

const words = migrations.what;

/** Whose what moves is at the other server. */
export function RightsFields({ form }: { form: UseFormReturnType<Values> }) {
  return (
    <Surface label={words.roles}>
      <Title order={2} mb="sm">
        {words.roles}
      </Title>
      <Stack gap="sm">
        <Checkbox label={words.createRoles} description={words.createRolesHint} {...form.getInputProps('create_roles', { type: 'checkbox' })} />
        <Checkbox label={words.noOwner} description={words.noOwnerHint} {...form.getInputProps('no_owner', { type: 'checkbox' })} />
        <Checkbox label={words.noPrivileges} {...form.getInputProps('no_privileges', { type: 'checkbox' })} />
      </Stack>
    </Surface>
  );
}
