import { PasswordInput, Select, Text, TextInput } from '@mantine/core';
import { useLive } from '@/entities/database';
import type { Database } from '@/entities/database';
import { patternOf } from '@/entities/migration';
import type { MssqlServer } from '@/entities/mssql-server';
import { count } from '@/shared/lib/units';
import { tables } from '@/shared/texts/tables';
import { ProblemAlert } from '@/shared/ui';
import { asksPassword } from './draft';
import type { Draft, Target } from './draft';

const words = tables.import;
const plain = { autoComplete: 'off', autoCapitalize: 'none', spellCheck: false, maw: '28rem' } as const;

interface TableFieldsProps {
  target: Target;
  draft: Draft;
  onTell: (told: Partial<Draft>) => void;
  /** One wanted to go on with what there is. */
  isTried: boolean;
}

/** Which table it is. */
export function TableFields({ target, ...props }: TableFieldsProps) {
  return target.kind === 'database' ? <Listed database={target.database} {...props} /> : <Named server={target.server} asks={asksPassword(target)} {...props} />;
}

function Listed({ database, draft, onTell, isTried }: Omit<TableFieldsProps, 'target'> & { database: Database }) {
  const live = useLive(database.id);
  const items = live.data?.items ?? [];
  const there = live.data?.tables ?? 0;
  return (
    <>
      <Select
        label={words.table}
        data={items.map((each) => ({ value: patternOf(each.schema, each.name), label: `${each.schema}.${each.name}` }))}
        value={draft.table || null}
        onChange={(table) => {
          onTell({ table: table ?? '' });
        }}
        searchable
        error={isTried && !draft.table ? words.tableMissing : null}
        maw="28rem"
      />
      {there > items.length && (
        <Text size="sm" c="dimmed">
          {words.more(count(items.length), count(there))}
        </Text>
      )}
      <ProblemAlert error={live.error} />
    </>
  );
}

function Named({ server, asks, draft, onTell, isTried }: Omit<TableFieldsProps, 'target'> & { server: MssqlServer; asks: boolean }) {
  const field = (name: 'database_name' | 'table', missing: string) => ({
    ...plain,
    value: draft[name],
    error: isTried && draft[name].trim() === '' ? missing : null,
    onChange: (event: { currentTarget: HTMLInputElement }) => {
      onTell({ [name]: event.currentTarget.value });
    },
  });
  return (
    <>
      <TextInput label={words.mssql.database} maxLength={128} {...field('database_name', words.mssql.databaseMissing)} />
      <TextInput label={words.table} description={words.mssql.tableHint} maxLength={257} {...field('table', words.mssql.tableMissing)} />
      {asks && (
        <PasswordInput
          label={words.mssql.password(server.username)}
          description={words.mssql.passwordHint}
          autoComplete="off"
          maw="28rem"
          value={draft.password}
          error={isTried && draft.password === '' ? words.mssql.passwordMissing : null}
          onChange={(event) => {
            onTell({ password: event.currentTarget.value });
          }}
        />
      )}
    </>
  );
}
