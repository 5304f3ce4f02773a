import { Group, Select, Table, Text, TextInput, Title } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import type { Assessment } from '@/entities/migration';
import { count } from '@/shared/lib/units';
import { capital } from '@/shared/lib/words';
import { migrations } from '@/shared/texts/migrations';
import { Name, Status, Surface } from '@/shared/ui';
import classes from './Report.module.css';
import { TONE, VERDICTS } from './verdicts';

const words = migrations.report;
const SHOWN = 200;
type Entry = Assessment['objects'][number];
const RANK: Record<Entry['verdict'], number> = { 'left behind': 0, changed: 1, same: 2 };

/** Every object and what becomes of it, what stays behind first. */
export function Objects({ objects }: { objects: readonly Entry[] }) {
  const [search, setSearch] = useState('');
  const [verdict, setVerdict] = useState<string | null>(null);
  const wanted = search.toLowerCase();
  const found = objects
    .filter((each) => (verdict === null || each.verdict === verdict) && [each.kind, each.name, ...each.notes].join(' ').toLowerCase().includes(wanted))
    .sort((one, other) => RANK[one.verdict] - RANK[other.verdict]);
  return (
    <Surface label={words.objects}>
      <Title order={2} mb="sm">
        {words.objects}
      </Title>
      <Group gap="sm" mb="sm">
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
      <div className={classes.scroll}>
        <Table aria-label={words.objects} className={classes.table}>
          <Table.Thead>
            <Table.Tr>
              {Object.values(words.objectColumns).map((name) => (
                <Table.Th key={name} scope="col">
                  {name}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {found.slice(0, SHOWN).map((each, at) => (
              <Table.Tr key={at}>
                <Table.Th scope="row" className={classes.name}>
                  <small className={classes.kind}>{capital(each.kind)}</small>
                  <Name>{each.name}</Name>
                </Table.Th>
                <Table.Td className={classes.verdict}>
                  <Status tone={TONE[each.verdict]} plain>
                    {words.verdicts[each.verdict]}
                  </Status>
                </Table.Td>
                <Table.Td>{each.notes.map(capital).join(' · ')}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      <Text size="sm" c="dimmed" mt="xs" role="status">
        {found.length === 0 ? words.none : found.length > SHOWN ? words.shown(count(SHOWN), count(found.length)) : ''}
      </Text>
    </Surface>
  );
}
