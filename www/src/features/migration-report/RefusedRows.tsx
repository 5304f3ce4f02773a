import { Title } from '@mantine/core';
import type { Report } from '@/entities/migration';
import { capital } from '@/shared/lib/words';
import { migrations } from '@/shared/texts/migrations';
import { Name, PlainTable, Surface } from '@/shared/ui';
import type { Column } from '@/shared/ui';
import classes from './Report.module.css';

const words = migrations.proof;
const titles = words.refusedColumns;
type Refused = NonNullable<Report['refused_rows']>[number];

const columns: readonly Column<Refused>[] = [
  { key: 'table', title: titles.table, cell: ({ table }) => <Name>{table}</Name> },
  { key: 'key', title: titles.key, cell: ({ key }) => <span className={classes.breaks}>{key ?? '–'}</span> },
  { key: 'reason', title: titles.reason, cell: ({ reason }) => capital(reason) },
];

/** Rows that SQL Server did not take, by their keys. */
export function RefusedRows({ rows }: { rows: readonly Refused[] }) {
  return (
    <Surface flush label={words.refusedTitle}>
      <Title order={2} className={classes.title}>
        {words.refusedTitle}
      </Title>
      <PlainTable label={words.refusedTitle} columns={columns} rows={rows} keyOf={({ table, key, row }) => [table, key, row].join(' ')} />
    </Surface>
  );
}
