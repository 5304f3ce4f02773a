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

const differs = ({ compared, equal }: Moved) => compared && !equal;
const rowsOf = (moved: Moved) => (differs(moved) && moved.source.rows !== moved.target.rows ? words.bothRows(count(moved.source.rows), count(moved.target.rows)) : count(moved.source.rows));

const columns: readonly Column<Moved>[] = [
  { key: 'table', title: titles.table, cell: ({ table }) => <Name>{table}</Name> },
  { key: 'to', title: titles.to, cell: ({ to }) => <span className={classes.breaks}>{to}</span> },
  { key: 'rows', title: titles.rows, align: 'right', cell: (moved) => <span className="tabular">{rowsOf(moved)}</span> },
  { key: 'digest', title: titles.digest, cell: (moved) => <Digests moved={moved} /> },
  { key: 'state', title: titles.state, cell: (moved) => <Compared moved={moved} /> },
];

/** Each table with its rows and its digest: of both sides where they differ. */
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

function Digests({ moved }: { moved: Moved }) {
  return (
    <div className={classes.digest}>
      {moved.source.digest}
      {differs(moved) && <div>{words.there(moved.target.digest)}</div>}
    </div>
  );
}

function Compared({ moved: { compared, equal, difference } }: { moved: Moved }) {
  return (
    <div>
      <Status tone={equal ? 'ok' : compared ? 'bad' : 'quiet'} plain>
        {equal ? words.same : compared ? words.different : words.notRead}
      </Status>
      {difference && <Text size="sm">{capital(difference)}</Text>}
    </div>
  );
}
