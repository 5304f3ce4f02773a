import { Button, Group, Title } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { wrongLinesCsv } from '@/entities/table-file';
import type { ImportReport } from '@/entities/table-file';
import { saveText } from '@/shared/lib/saveText';
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

/** Which lines of a file a table does not take, and why; as a file, too. */
export function WrongLines({ report, file }: { report: ImportReport; file: string }) {
  if (report.wrong.length === 0) return null;
  const save = () => {
    saveText(words.file(file.replace(/\.[^.]*$/, '')), wrongLinesCsv(report));
  };
  return (
    <Surface flush label={words.title}>
      <Group className={classes.head} justify="space-between">
        <Title order={2}>{words.title}</Title>
        <Button variant="default" size="xs" leftSection={<IconDownload size={16} aria-hidden />} onClick={save}>
          {words.save}
        </Button>
      </Group>
      <PlainTable label={words.title} columns={columns} rows={report.wrong} keyOf={({ place }) => place} />
    </Surface>
  );
}
