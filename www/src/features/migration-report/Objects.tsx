import { Group, Select, Text, TextInput, Title } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import type { Assessment } from '@/entities/migration';
import { count } from '@/shared/lib/units';
import { capital } from '@/shared/lib/words';
import { migrations } from '@/shared/texts/migrations';
import { Name, PlainTable, Status, Surface } from '@/shared/ui';
import type { Column } from '@/shared/ui';
import classes from './Report.module.css';
import { TONE, VERDICTS } from './verdicts';

const words = migrations.report;
const titles = words.objectColumns;
const SHOWN = 200;
type Entry = Assessment['objects'][number];
const RANK: Record<Entry['verdict'], number> = { 'left behind': 0, changed: 1, same: 2 };

const columns: readonly Column<Entry>[] = [
  {
    key: 'name',
    title: titles.name,
    cell: ({ kind, name }) => (
      <span className={classes.breaks}>
        <small className={classes.kind}>{capital(kind)}</small>
        <Name>{name}</Name>
      </span>
    ),
  },
  {
    key: 'verdict',
    title: titles.verdict,
    cell: ({ verdict }) => (
      <span className={classes.verdict}>
        <Status tone={TONE[verdict]} plain>
          {words.verdicts[verdict]}
        </Status>
      </span>
    ),
  },
  { key: 'notes', title: titles.notes, cell: ({ notes }) => <span className={classes.breaks}>{notes.map(capital).join(' · ') || '–'}</span> },
];

/** Every object and what becomes of it, what stays behind first. */
export function Objects({ objects }: { objects: readonly Entry[] }) {
  const [search, setSearch] = useState('');
  const [verdict, setVerdict] = useState<string | null>(null);
  const wanted = search.toLowerCase();
  const found = objects
    .filter((each) => (verdict === null || each.verdict === verdict) && [each.kind, each.name, ...each.notes].join(' ').toLowerCase().includes(wanted))
    .sort((one, other) => RANK[one.verdict] - RANK[other.verdict]);
  const note = found.length === 0 ? words.none : found.length > SHOWN ? words.shown(count(SHOWN), count(found.length)) : '';
  return (
    <Surface flush label={words.objects}>
      <Title order={2} className={classes.title}>
        {words.objects}
      </Title>
      <Group gap="sm" px="1rem" pb="xs">
        <TextInput
          type="search"
          aria-label={words.search}
          placeholder={words.search}
          value={search}
          leftSection={<IconSearch size={16} aria-hidden />}
          flex="0 1 20rem"
          onChange={(event) => {
            setSearch(event.currentTarget.value);
          }}
        />
        <Select
          aria-label={words.which}
          placeholder={words.all}
          clearable
          w="11rem"
          data={VERDICTS.map(([value]) => ({ value, label: words.verdicts[value] }))}
          value={verdict}
          onChange={setVerdict}
        />
      </Group>
      <PlainTable label={words.objects} columns={columns} rows={found.slice(0, SHOWN)} keyOf={({ kind, name }) => `${kind} ${name}`} />
      <Text size="sm" c="dimmed" px="1rem" py={note ? 'xs' : 0} role="status">
        {note}
      </Text>
    </Surface>
  );
}
