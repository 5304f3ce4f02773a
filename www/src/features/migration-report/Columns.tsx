import { Text, TextInput, Title } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import type { Assessment } from '@/entities/migration';
import { count } from '@/shared/lib/units';
import { capital } from '@/shared/lib/words';
import { migrations } from '@/shared/texts/migrations';
import { Name, PlainTable, Surface } from '@/shared/ui';
import type { Column } from '@/shared/ui';
import classes from './Report.module.css';

const words = migrations.report;
const titles = words.typeColumns;
const SHOWN = 50;
type Entry = Assessment['columns'][number];
const nameOf = ({ table, column }: Entry) => `${table}.${column}`;

const columns: readonly Column<Entry>[] = [
  { key: 'column', title: titles.column, cell: (entry) => <Name>{nameOf(entry)}</Name> },
  { key: 'from', title: titles.from, cell: ({ from }) => <span className={classes.breaks}>{from}</span> },
  { key: 'to', title: titles.to, cell: ({ to }) => <span className={classes.breaks}>{to}</span> },
  { key: 'note', title: titles.note, cell: ({ note }) => <span className={classes.breaks}>{note === null ? '–' : capital(note)}</span> },
];

/** The type of each column, before and after: what the map may change. */
export function Columns({ entries }: { entries: readonly Entry[] }) {
  const [search, setSearch] = useState('');
  const found = entries.filter((each) => [nameOf(each), each.from, each.to].join(' ').toLowerCase().includes(search.toLowerCase()));
  const note = found.length === 0 ? words.noColumn : found.length > SHOWN ? words.shown(count(SHOWN), count(found.length)) : '';
  return (
    <Surface flush label={words.types}>
      <Title order={2} className={classes.title}>
        {words.types}
      </Title>
      <TextInput
        type="search"
        aria-label={words.searchTypes}
        placeholder={words.searchTypes}
        value={search}
        leftSection={<IconSearch size={16} aria-hidden />}
        maw="22rem"
        px="1rem"
        pb="xs"
        onChange={(event) => {
          setSearch(event.currentTarget.value);
        }}
      />
      <PlainTable label={words.types} columns={columns} rows={found.slice(0, SHOWN)} keyOf={nameOf} />
      <Text size="sm" c="dimmed" px="1rem" py={note ? 'xs' : 0} role="status">
        {note}
      </Text>
    </Surface>
  );
}
