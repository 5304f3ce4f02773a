import { Button, Group, Title } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { Report } from '@/entities/migration';
import { saveText } from '@/shared/lib/saveText';
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

/** Rows that SQL Server did not take, by their keys; to save with what is in them, as the command line puts them aside: a line of JSON each. */
export function RefusedRows({ job, rows }: { job: string; rows: readonly Refused[] }) {
  return (
    <Surface flush label={words.refusedTitle}>
      <Group justify="space-between" pr="1rem">
        <Title order={2} className={classes.title}>
          {words.refusedTitle}
        </Title>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconDownload size={14} aria-hidden />}
          onClick={() => {
            saveText(`refused-${job}.jsonl`, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
          }}
        >
          {words.refusedFile}
        </Button>
      </Group>
      <PlainTable label={words.refusedTitle} columns={columns} rows={rows} keyOf={({ table, key, row }) => [table, key, row].join(' ')} />
    </Surface>
  );
}
