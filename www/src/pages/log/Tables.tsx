import { Alert, Button, Group, Skeleton, Stack, Table, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconInfoCircle, IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { useBackupTables } from '@/entities/backup';
import type { Backup } from '@/entities/backup';
import { counted, size } from '@/shared/lib/units';
import { capital } from '@/shared/lib/words';
import { logs as logTexts } from '@/shared/texts/logs';
import { Count, Name, ProblemAlert, Size } from '@/shared/ui';
import classes from './LogPage.module.css';

const words = logTexts.page;
const PAGE = 100;

/** What the backup holds of each table. */
export function Tables({ backup }: { backup: Backup | null }) {
  if (!backup) return <Text>{words.tablesNone}</Text>;
  return <TablesOf backup={backup} />;
}

function TablesOf({ backup }: { backup: Backup }) {
  const [search, setSearch] = useState('');
  const [q] = useDebouncedValue(search.trim(), 250);
  const [before, setBefore] = useState<readonly string[]>([]); // the cursors of the pages up to this one
  const cursor = before.at(-1);
  const tables = useBackupTables(backup.id, { limit: PAGE, ...(q ? { q } : {}), ...(cursor ? { cursor } : {}) });
  const next = tables.data?.cursor ?? null;
  return (
    <Stack gap="sm">
      <Text>{words.tablesOf(counted(backup.tables, 'table'), counted(backup.rows, 'row'), size(backup.raw_bytes))}</Text>
      {tables.data?.reason && <Alert icon={<IconInfoCircle aria-hidden />}>{capital(tables.data.reason)}</Alert>}
      {backup.tables > 10 && (
        <TextInput
          type="search"
          aria-label={words.tablesSearch}
          placeholder={words.tablesSearch}
          value={search}
          maw="20rem"
          leftSection={<IconSearch size={16} aria-hidden />}
          onChange={(event) => {
            setSearch(event.currentTarget.value);
            setBefore([]);
          }}
        />
      )}
      {!tables.data && (tables.error ? <ProblemAlert error={tables.error} onRetry={() => void tables.refetch()} /> : <Skeleton h={160} />)}
      {tables.data && tables.data.items.length > 0 && <List items={tables.data.items} />}
      {tables.data?.items.length === 0 && q && <Text c="dimmed">{words.tablesNothing}</Text>}
      {(before.length > 0 || next !== null) && (
        <Group gap="xs">
          <Button size="xs" variant="default" disabled={before.length === 0} onClick={() => { setBefore(before.slice(0, -1)); }}>
            {words.tablesBefore}
          </Button>
          <Button size="xs" variant="default" disabled={next === null} onClick={() => { if (next !== null) setBefore([...before, next]); }}>
            {words.tablesNext}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

type Item = Readonly<{ schema: string; name: string; kind: string; rows: number; bytes: number }>;

function List({ items }: { items: readonly Item[] }) {
  const c = words.tablesColumns;
  return (
    <div className={classes.scroll} tabIndex={0} role="group" aria-label={words.tables}>
      <Table aria-label={words.tables} verticalSpacing="xs" maw="48rem">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{c.name}</Table.Th>
            <Table.Th scope="col" ta="right">{c.rows}</Table.Th>
            <Table.Th scope="col" ta="right">{c.size}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map(({ schema, name, kind, rows, bytes }) => (
            <Table.Tr key={`${kind} ${schema}.${name}`}>
              <Table.Th scope="row" className={classes.tableName}>
                {kind === 'table' ? <Name>{`${schema}.${name}`}</Name> : words.largeObjects}
              </Table.Th>
              <Table.Td ta="right"><Count value={rows} /></Table.Td>
              <Table.Td ta="right"><Size bytes={bytes} /></Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
