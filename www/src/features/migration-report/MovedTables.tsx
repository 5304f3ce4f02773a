import { Text, Title } from '@mantine/core';
import type { Report } from '@/entities/migration';
import { count } from '@/shared/lib/units';
import { capital } from '@/shared/lib/words';
import { migrations } from '@/shared/texts/migrations';
import { Name, PlainTable, Status, Surface } from '@/shared/ui';
import type { Column } from '@/shared/ui';
import classes from './Report.module.css';

const words = migrations.proof;
const titles = words.columns;
const SHOWN = 200;
type Moved = NonNullable<Report['moved']>[number];

const columns: readonly Column<Moved>[] = [
  { key: 'table', title: titles.table, cell: ({ table }) => <Name>{table}</Name> },
  { key: 'to', title: titles.to, cell: ({ to }) => <span className={classes.breaks}>{to}</span> },
  { key: 'rows', title: titles.rows, align: 'right', cell: ({ source }) => <span className="tabular">{count(source.rows)}</span> },
  { key: 'digest', title: titles.digest, cell: ({ source }) => <span className={classes.digest}>{source.digest}</span> },
  { key: 'state', title: titles.state, cell: (moved) => <Compared moved={moved} /> },
];

/** Each table with its rows and its digest, which is of both sides where they are equal. */
export function MovedTables({ moved }: { moved: readonly Moved[] }) {
  const sorted = [...moved].sort((one, other) => Number(one.equal) - Number(other.equal));
  return (
    <Surface flush label={words.tables}>
      <Title order={2} className={classes.title}>
        {words.tables}
      </Title>
      <PlainTable label={words.tables} columns={columns} rows={sorted.slice(0, SHOWN)} keyOf={({ table }) => table} />
      {moved.length > SHOWN && (
        <Text size="sm" c="dimmed" px="1rem" py="xs">
          {migrations.report.shown(count(SHOWN), count(moved.length))}
        </Text>
      )}
    </Surface>
  );
}

function Compared({ moved: { equal, difference } }: { moved: Moved }) {
  return (
    <div>
      <Status tone={equal ? 'ok' : difference ? 'bad' : 'quiet'} plain>
        {equal ? words.same : difference ? words.different : words.notRead}
      </Status>
      {difference && <Text size="sm">{capital(difference)}</Text>}
    </div>
  );
}
