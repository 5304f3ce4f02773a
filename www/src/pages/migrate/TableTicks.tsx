import { Checkbox, Table, Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { patternOf } from '@/entities/migration';
import { count, counted } from '@/shared/lib/units';
import { migrations } from '@/shared/texts/migrations';
import { Name, Size } from '@/shared/ui';
import classes from './MigratePage.module.css';
import type { Tables } from './useTables';

const words = migrations.what;
const SEARCHED_FROM = 10;

interface TableTicksProps {
  tables: Tables;
  excluded: readonly string[];
  onExclude: (patterns: string[]) => void;
}

/** The tables that the source tells of, each with a tick while it moves. */
export function TableTicks({ tables, excluded, onExclude }: TableTicksProps) {
  const [search, setSearch] = useState('');
  const all = tables.items.map((each) => ({ ...each, full: `${each.schema}.${each.name}`, pattern: patternOf(each.schema, each.name) }));
  const shown = all.filter(({ full }) => full.toLowerCase().includes(search.toLowerCase()));
  const out = all.filter(({ pattern }) => excluded.includes(pattern)).length;
  return (
    <div>
      {all.length > SEARCHED_FROM && (
        <TextInput
          type="search"
          aria-label={words.search}
          placeholder={words.search}
          value={search}
          maw="20rem"
          mb="xs"
          leftSection={<IconSearch size={16} aria-hidden />}
          onChange={(event) => {
            setSearch(event.currentTarget.value);
          }}
        />
      )}
      <div className={classes.ticks} tabIndex={shown.length > SEARCHED_FROM ? 0 : undefined} role="group" aria-label={words.tables}>
        <Table aria-label={words.tables} layout="fixed">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col" w="4.5rem">{words.columns.move}</Table.Th>
              <Table.Th scope="col">{words.columns.table}</Table.Th>
              <Table.Th scope="col" ta="right" w="8.5rem">{words.columns.rows}</Table.Th>
              <Table.Th scope="col" ta="right" w="6.5rem" className={classes.wide}>{words.columns.size}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map(({ full, pattern, rows, bytes }) => (
              <Table.Tr key={full}>
                <Table.Td>
                  <Checkbox
                    size="md"
                    aria-label={words.move(full)}
                    checked={!excluded.includes(pattern)}
                    onChange={(event) => {
                      onExclude(event.currentTarget.checked ? excluded.filter((each) => each !== pattern) : [...excluded, pattern]);
                    }}
                  />
                </Table.Td>
                <Table.Th scope="row" className={classes.name}>
                  <Name>{full}</Name>
                </Table.Th>
                <Table.Td ta="right" className="tabular">{tables.isCounted ? count(rows) : words.about(count(rows))}</Table.Td>
                <Table.Td ta="right" className={classes.wide}>
                  <Size bytes={bytes} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        {shown.length === 0 && <Text c="dimmed" p="sm">{words.nothing}</Text>}
      </div>
      <Text size="sm" c="dimmed" mt="xs" role="status">
        {[...(out > 0 ? [words.out(counted(out, 'table'))] : []), ...(tables.count > all.length ? [words.more(count(all.length), count(tables.count))] : [])].join(' ')}
      </Text>
    </div>
  );
}
