import { Checkbox, Table, Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import type { Live } from '@/entities/database';
import { patternOf } from '@/entities/migration';
import { count, counted } from '@/shared/lib/units';
import { tables as texts } from '@/shared/texts/tables';
import { Name, Size } from '@/shared/ui';
import classes from './ExportDialog.module.css';

const words = texts.export;
const SEARCHED_FROM = 10;

interface TablePickProps {
  live: Live;
  chosen: readonly string[];
  onChoose: (patterns: string[]) => void;
}

/** The tables of a database, each with a tick if it is to be exported. */
export function TablePick({ live, chosen, onChoose }: TablePickProps) {
  const [search, setSearch] = useState('');
  const all = live.items.map((each) => ({ ...each, full: `${each.schema}.${each.name}`, pattern: patternOf(each.schema, each.name) }));
  const shown = all.filter(({ full }) => full.toLowerCase().includes(search.toLowerCase()));
  const there = live.tables ?? 0;
  return (
    <div>
      {all.length > SEARCHED_FROM && (
        <TextInput
          type="search"
          aria-label={words.search}
          placeholder={words.search}
          value={search}
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
              <Table.Th scope="col" w="4.5rem">{words.columns.export}</Table.Th>
              <Table.Th scope="col">{words.columns.table}</Table.Th>
              <Table.Th scope="col" ta="right" w="7.5rem">{words.columns.rows}</Table.Th>
              <Table.Th scope="col" ta="right" w="6rem" className={classes.wide}>{words.columns.size}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map(({ full, pattern, rows, bytes }) => (
              <Table.Tr key={full}>
                <Table.Td>
                  <Checkbox
                    size="md"
                    aria-label={words.pick(full)}
                    checked={chosen.includes(pattern)}
                    onChange={(event) => {
                      onChoose(event.currentTarget.checked ? [...chosen, pattern] : chosen.filter((each) => each !== pattern));
                    }}
                  />
                </Table.Td>
                <Table.Th scope="row" className={classes.name}>
                  <Name>{full}</Name>
                </Table.Th>
                <Table.Td ta="right" className="tabular">{words.about(count(rows))}</Table.Td>
                <Table.Td ta="right" className={classes.wide}>
                  <Size bytes={bytes} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        {shown.length === 0 && <Text c="dimmed" p="sm">{all.length === 0 ? words.none : words.nothing}</Text>}
      </div>
      <Text size="sm" c="dimmed" mt="xs" role="status">
        {[words.chosen(counted(chosen.length, 'table')), ...(there > all.length ? [words.more(count(all.length), count(there))] : [])].join(' ')}
      </Text>
    </div>
  );
}
