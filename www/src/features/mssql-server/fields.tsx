import { Alert, Grid, PasswordInput, Radio, Stack, Textarea, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { IconAlertTriangle } from '@tabler/icons-react';
import { TRUSTS } from '@/entities/mssql-server';
import type { MssqlServer } from '@/entities/mssql-server';
import { mssqlServers } from '@/shared/texts/mssqlServers';
import { asksPassword } from './values';
import type { MssqlServerValues } from './values';

const words = mssqlServers.form;
const plain = { autoComplete: 'off', autoCapitalize: 'none', spellCheck: false } as const;

type Form = UseFormReturnType<MssqlServerValues>;

export function PlaceFields({ form }: { form: Form }) {
  const input = form.getInputProps;
  return (
    <Grid gutter="md">
      <Grid.Col span={12}>
        <TextInput label={words.name} description={words.nameHint} required withAsterisk={false} data-autofocus autoComplete="off" {...input('name')} />
      </Grid.Col>
      <Grid.Col span={{ base: 12, sm: 7 }}>
        <TextInput label={words.address} description={words.addressHint} required withAsterisk={false} {...plain} {...input('address')} />
      </Grid.Col>
      <Grid.Col span={{ base: 12, sm: 5 }}>
        <TextInput label={words.username} description={words.usernameHint} required withAsterisk={false} {...plain} {...input('username')} />
      </Grid.Col>
    </Grid>
  );
}

export function PasswordFields({ form, saved }: { form: Form; saved: MssqlServer | undefined }) {
  return (
    <Stack gap="sm">
      <Radio.Group label={words.keeping} {...form.getInputProps('keeping')}>
        <Stack gap="sm" mt="xs">
          {(['keep', 'ask'] as const).map((each) => (
            <Radio key={each} value={each} label={words[each]} description={words[`${each}Hint`]} />
          ))}
        </Stack>
      </Radio.Group>
      {form.values.keeping === 'keep' && (
        <PasswordInput
          label={words.password}
          description={asksPassword(form.values, saved) ? words.passwordAgain : saved?.has_password ? words.passwordKept : words.passwordHint}
          autoComplete="new-password"
          {...form.getInputProps('password')}
        />
      )}
    </Stack>
  );
}

export function TrustFields({ form }: { form: Form }) {
  return (
    <Stack gap="sm">
      <Radio.Group label={words.certificate} description={words.certificateHint} {...form.getInputProps('trust')}>
        <Stack gap="sm" mt="xs">
          {TRUSTS.map((each) => (
            <Radio key={each} value={each} label={words[each]} description={each === 'any' && form.values.trust === 'any' ? undefined : words[`${each}Hint`]} />
          ))}
        </Stack>
      </Radio.Group>
      {form.values.trust === 'root' && (
        <Textarea label={words.tlsRoot} description={words.tlsRootHint} autosize minRows={3} maxRows={8} spellCheck={false} {...form.getInputProps('tls_root')} />
      )}
      {form.values.trust === 'any' && (
        <Alert color="yellow" icon={<IconAlertTriangle aria-hidden />} role="note">
          {words.anyHint}
        </Alert>
      )}
    </Stack>
  );
}
