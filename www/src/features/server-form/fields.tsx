import { Grid, NumberInput, PasswordInput, Select, Stack, Textarea, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { texts } from '@/shared/texts';
import type { Server } from '@/entities/server';
import { asksPassword, isVerified } from './values';
import type { ServerValues } from './values';

const words = texts.servers.form;
const plain = { autoComplete: 'off', autoCapitalize: 'none', spellCheck: false } as const;

type Form = UseFormReturnType<ServerValues>;

/** What every server has. */
export function PlaceFields({ form, saved }: { form: Form; saved: Server | undefined }) {
  const input = form.getInputProps;
  return (
    <Grid gutter="md">
      <Grid.Col span={12}>
        <TextInput label={words.name} description={words.nameHint} required withAsterisk={false} data-autofocus autoComplete="off" {...input('name')} />
      </Grid.Col>
      <Grid.Col span={{ base: 12, sm: 8 }}>
        <TextInput label={words.host} description={words.hostHint} required withAsterisk={false} {...plain} {...input('host')} />
      </Grid.Col>
      <Grid.Col span={{ base: 12, sm: 4 }}>
        <NumberInput label={words.port} description={words.portHint} min={1} max={65535} allowDecimal={false} hideControls clampBehavior="none" {...input('port')} />
      </Grid.Col>
      <Grid.Col span={{ base: 12, sm: 6 }}>
        <TextInput label={words.username} description={words.usernameHint} required withAsterisk={false} {...plain} {...input('username')} />
      </Grid.Col>
      <Grid.Col span={{ base: 12, sm: 6 }}>
        <PasswordInput
          label={words.password}
          description={asksPassword(form.values, saved) ? words.passwordAgain : saved?.has_password ? words.passwordKept : words.passwordHint}
          autoComplete="new-password"
          {...input('password')}
        />
      </Grid.Col>
      <Grid.Col span={12}>
        <Select
          label={words.tls}
          data={Object.entries(texts.servers.tls).map(([value, label]) => ({ value, label }))}
          allowDeselect={false}
          {...input('tls_mode')}
        />
      </Grid.Col>
      {isVerified(form.values) && (
        <Grid.Col span={12}>
          <RootField form={form} />
        </Grid.Col>
      )}
    </Grid>
  );
}

/** By whose signature the server is known: beside the choice where it is needed for it, else among what few need. */
function RootField({ form }: { form: Form }) {
  return <Textarea label={words.tlsRoot} description={words.tlsRootHint} autosize minRows={2} maxRows={8} spellCheck={false} {...form.getInputProps('tls_root')} />;
}

export function MoreFields({ form }: { form: Form }) {
  const input = form.getInputProps;
  return (
    <Stack>
      {!isVerified(form.values) && <RootField form={form} />}
      <TextInput label={words.maintenance} description={words.maintenanceHint} {...plain} {...input('maintenance_db')} />
      <Grid gutter="md">
        <Grid.Col span={6}>
          <TextInput label={words.pool} {...plain} {...input('pool')} />
        </Grid.Col>
        <Grid.Col span={6}>
          <NumberInput label={words.maxJobs} min={1} max={100} allowDecimal={false} clampBehavior="none" {...input('max_jobs')} />
        </Grid.Col>
      </Grid>
    </Stack>
  );
}
