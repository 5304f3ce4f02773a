import { Title } from '@mantine/core';
import type { ImportReport } from '@/entities/table-file';
import { tables } from '@/shared/texts/tables';
import { PlainTable, Surface } from '@/shared/ui';
import type { Column } from '@/shared/ui';
import classes from './WrongLines.module.css';

const words = tables.wrong;
type Line = ImportReport['wrong'][number];

const columns: readonly Column<Line>[] = [
  { key: 'place', title: words.columns.place, cell: ({ place }) => place },
  { key: 'column', title: words.columns.column, cell: ({ column }) => column ?? '–' },
  { key: 'reason', title: words.columns.reason, cell: ({ reason }) => <span className={classes.breaks}>{reason}</span> },
  { key: 'line', title: words.columns.line, cell: ({ line }) => <span className={classes.breaks}>{line}</span> },
];

/** Which lines of a file a table does not take, and why. */
export function WrongLines({ lines }: { lines: readonly Line[] }) {
  if (lines.length === 0) return null;
  return (
    <Surface flush label={words.title}>
      <Title order={2} className={classes.title}>
        {words.title}
      </Title>
      <PlainTable label={words.title} columns={columns} rows={lines} keyOf={({ place }) => place} />
    </Surface>
  );
}
