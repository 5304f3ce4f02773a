import { Anchor, Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useState } from 'react';
import { Link } from 'react-router-dom';
import type { Values } from '@/entities/migration';
import { MssqlSteps, useTestMssqlServer } from '@/entities/mssql-server';
import type { MssqlServer } from '@/entities/mssql-server';
import { migrations } from '@/shared/texts/migrations';
import { ProblemAlert, Status } from '@/shared/ui';
import { PasswordField } from './PasswordField';
import type { Wizard } from './useWizard';

const words = migrations.ends;

/** A saved connection and the database there, and the test of both. */
export function MssqlFields({ form, servers, wizard }: { form: UseFormReturnType<Values>; servers: readonly MssqlServer[]; wizard: Wizard }) {
  const { mssql_server_id, database_name } = form.values;
  const server = servers.find(({ id }) => id === mssql_server_id);
  if (servers.length === 0) {
    return (
      <Text>
        {words.mssqlNone}{' '}
        <Anchor component={Link} to="/servers">
          {words.none.link}
        </Anchor>
      </Text>
    );
  }
  const choose = (id: string | null) => {
    wizard.tell({ password: '' }); // it was of the other one
    form.setFieldValue('mssql_server_id', id);
  };
  return (
    <>
      <Select label={words.mssql} data={servers.map(({ id, name, address }) => ({ value: id, label: `${name} (${address})` }))} maw="28rem" {...form.getInputProps('mssql_server_id')} onChange={choose} />
      <TextInput label={words.mssqlName} description={words.mssqlNameHint} autoComplete="off" spellCheck={false} maw="28rem" {...form.getInputProps('database_name')} />
      <PasswordField server={server} wizard={wizard} />
      {server && <Test key={`${server.id} ${database_name}`} server={server} form={form} password={wizard.secrets.password} />}
    </>
  );
}

function Test({ server, form, password }: { server: MssqlServer; form: UseFormReturnType<Values>; password: string }) {
  const test = useTestMssqlServer();
  const [missing, setMissing] = useState(false);
  const go = () => {
    const lacksPassword = !server.has_password && !password;
    setMissing(lacksPassword);
    if (form.validateField('database_name').hasError || lacksPassword) return;
    test.mutate({ id: server.id, body: { database_name: form.values.database_name.trim(), ...(server.has_password ? {} : { password }) } });
  };
  return (
    <Stack gap="sm">
      <Group>
        <Button variant="default" loading={test.isPending} onClick={go}>
          {words.test}
        </Button>
        <Text c={missing ? 'var(--hf-bad)' : 'dimmed'} size="sm" flex="1 1 14rem" role={missing ? 'alert' : undefined}>
          {missing ? words.passwordMissing : words.testHint}
        </Text>
      </Group>
      <ProblemAlert error={test.error} />
      {test.data && (
        <>
          <div role="status">
            <Status tone={test.data.ok ? 'ok' : 'bad'}>{test.data.ok ? words.testOk : words.testFailed}</Status>
          </div>
          <MssqlSteps check={test.data} />
        </>
      )}
    </Stack>
  );
}
