import { Checkbox, Table, Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { count } from '@/shared/lib/units';
import { texts } from '@/shared/texts';
import { Name } from './Name';
import classes from './TableTicks.module.css';
import { Size } from './Values';

const words = texts.ticks;
const SEARCHED_FROM = 10;

/** A table of a database. */
export interface TableTick {
  name: string;
  /** By which it is told from others. */
  value: string;
  rows: number;
  bytes: number;
}

interface TableTicksProps {
  label: string;
  /** What a tick says, as the head of their column and of one table. */
  tick: string;
  tickOf: (name: string) => string;
  tables: readonly TableTick[];
  isTicked: (value: string) => boolean;
  onTick: (value: string, isTicked: boolean) => void;
  /** Rows were counted, not estimated. */
  isCounted?: boolean;
  /** What came of the ticks. */
  status: string;
}

/** Tables of a database, each with a tick. */
export function TableTicks({ label, tick, tickOf, tables, isTicked, onTick, isCounted = false, status }: TableTicksProps) {
  const [search, setSearch] = useState('');
  const shown = tables.filter(({ name }) => name.toLowerCase().includes(search.toLowerCase()));
  return (
    <div>
      {tables.length > SEARCHED_FROM && (
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
      <div className={classes.ticks} tabIndex={shown.length > SEARCHED_FROM ? 0 : undefined} role="group" aria-label={label}>
        <Table aria-label={label} layout="fixed">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col" w="4.5rem">{tick}</Table.Th>
              <Table.Th scope="col">{words.table}</Table.Th>
              <Table.Th scope="col" ta="right" w="8rem">{words.rows}</Table.Th>
              <Table.Th scope="col" ta="right" w="6.5rem" className={classes.wide}>{words.size}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map(({ name, value, rows, bytes }) => (
              <Table.Tr key={value}>
                <Table.Td>
                  <Checkbox
                    size="md"
                    aria-label={tickOf(name)}
                    checked={isTicked(value)}
                    onChange={(event) => {
                      onTick(value, event.currentTarget.checked);
                    }}
                  />
                </Table.Td>
                <Table.Th scope="row" className={classes.name}>
                  <Name>{name}</Name>
                </Table.Th>
                <Table.Td ta="right" className="tabular">{isCounted ? count(rows) : words.about(count(rows))}</Table.Td>
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
        {status}
      </Text>
    </div>
  );
}
