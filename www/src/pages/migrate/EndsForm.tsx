import { Button, Group, Radio, Select, Stack, Text, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { Link } from 'react-router-dom';
import { isRestore } from '@/entities/migration';
import type { Target, Values } from '@/entities/migration';
import { migrations } from '@/shared/texts/migrations';
import { Surface } from '@/shared/ui';
import { IdentityField } from './IdentityField';
import { SourceChoice } from './SourceChoice';
import { TargetFields } from './TargetFields';
import { poolsOf } from './useEnds';
import type { Ends } from './useEnds';
import { useSource } from './useSource';
import type { Wizard } from './useWizard';

const words = migrations.ends;
const TARGETS: readonly Target[] = ['new', 'swap', 'sql-server'];
const bytes = (text: string) => new TextEncoder().encode(text.trim()).length;

function validateName(name: string, target: Target): string | null {
  if (target === 'swap') return null;
  if (!name.trim()) return words.nameMissing;
  if (target === 'new') return bytes(name) > 63 ? words.nameLong : null;
  return name.trim().length > 128 ? words.mssqlNameLong : null;
}

/** What was chosen before, without what is gone since. */
function known(values: Values, { databases, servers, mssqlServers }: Ends): Values {
  const still = (id: string | null, all: readonly { id: string }[]) => (all.some((each) => each.id === id) ? id : all.length === 1 ? (all[0]?.id ?? null) : null);
  return {
    ...values,
    database_id: still(values.database_id, databases),
    scratch_server_id: still(values.scratch_server_id, servers),
    server_id: still(values.server_id, servers),
    target_database_id: databases.some(({ id }) => id === values.target_database_id) ? values.target_database_id : null,
    mssql_server_id: still(values.mssql_server_id, mssqlServers),
  };
}

export function EndsForm({ wizard, ends }: { wizard: Wizard; ends: Ends }) {
  const keep = (values: Values) => {
    wizard.keep({ ...values, pool: poolsOf(ends, values).includes(values.pool ?? '') ? values.pool : null });
  };
  const form = useForm<Values>({
    initialValues: known(wizard.values, ends),
    onValuesChange: keep,
    validate: {
      database_id: (value, { from }) => (from === 'backup' || value ? null : words.databaseMissing),
      source_backup_id: (value, { from }) => (from === 'live' || value ? null : words.backupMissing),
      scratch_server_id: (value, { from }) => (from === 'live' || value ? null : words.serverMissing),
      server_id: (value, { target }) => (target === 'new' && !value ? words.serverMissing : null),
      target_database_id: (value, { target, database_id }) => (target !== 'swap' ? null : !value ? words.replacedMissing : value === database_id ? words.replacedSame : null),
      mssql_server_id: (value, { target }) => (target === 'sql-server' && !value ? words.mssqlMissing : null),
      database_name: (value, { target }) => validateName(value, target),
      pool: (value, values) => (poolsOf(ends, values).length > 0 && !value ? words.poolMissing : null),
    },
  });
  const pools = poolsOf(ends, form.values);
  const { lacksKey, isLoading } = useSource(form.values);
  const [isTried, setTried] = useState(false);
  const next = form.onSubmit((values) => {
    setTried(true);
    if (lacksKey && !wizard.secrets.identity.trim()) return;
    keep(values);
    wizard.go('what');
  });
  return (
    <form onSubmit={next} noValidate>
      <Stack>
        <SourceChoice form={form} ends={ends}>
          {!isRestore(form.values) && <IdentityField values={form.values} wizard={wizard} isTried={isTried} />}
        </SourceChoice>
        <Surface label={words.target}>
          <Title order={2} mb="sm">
            {words.target}
          </Title>
          <Stack>
            <Radio.Group
              aria-label={words.target}
              value={form.values.target}
              onChange={(target) => {
                form.setFieldValue('target', target as Target);
              }}
            >
              <Stack gap="sm">
                {TARGETS.map((target) => (
                  <Radio key={target} value={target} label={words.kinds[target].title} description={words.kinds[target].body} />
                ))}
              </Stack>
            </Radio.Group>
            {isRestore(form.values) ? (
              <ToRestore backup={form.values.source_backup_id} />
            ) : (
              <>
                <TargetFields form={form} ends={ends} wizard={wizard} />
                {pools.length > 0 && <Select label={words.pool} description={words.poolHint} data={pools} maw="28rem" {...form.getInputProps('pool')} />}
              </>
            )}
          </Stack>
        </Surface>
        {!isRestore(form.values) && (
          <Group>
            <Button type="submit" size="md" disabled={isLoading}>
              {migrations.next}
            </Button>
          </Group>
        )}
      </Stack>
    </form>
  );
}

function ToRestore({ backup }: { backup: string | null }) {
  return (
    <Group>
      <Text>{words.restore}</Text>
      <Button component={Link} to={backup ? `/restore?backup=${backup}` : '/restore'}>
        {words.restoreLink}
      </Button>
    </Group>
  );
}
