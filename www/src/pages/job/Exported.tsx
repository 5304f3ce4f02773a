import { Button, Text, Title } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { Job } from '@/entities/job';
import { useMay } from '@/entities/me';
import { useLinkFile } from '@/entities/table-file';
import type { Exported as Result, ExportedFile } from '@/entities/table-file';
import { follow } from '@/shared/lib/follow';
import { tables } from '@/shared/texts/tables';
import { Count, Name, notifyDone, notifyProblem, PlainTable, Size, Surface, When } from '@/shared/ui';
import type { Column } from '@/shared/ui';
import classes from './JobPage.module.css';

const words = tables.files;

/** The files that an export has made, for as long as they are kept. */
export default function Exported({ job }: { job: Job }) {
  const { files, expires_at } = job.result as unknown as Result;
  const may = useMay('administrator');
  const link = useLinkFile();
  const isGone = Date.parse(expires_at) <= Date.now();
  const download = ({ number, file }: ExportedFile) => {
    link.mutate(
      { job: job.id, number },
      {
        onSuccess: ({ url }) => {
          follow(url);
          notifyDone(words.begun(file));
        },
        onError: notifyProblem,
      },
    );
  };
  const columns: Column<ExportedFile>[] = [
    { key: 'table', title: words.columns.table, cell: ({ table }) => <Name>{table}</Name> },
    { key: 'rows', title: words.columns.rows, cell: ({ rows }) => <Count value={rows} />, align: 'right' },
    { key: 'size', title: words.columns.size, cell: ({ size_bytes }) => <Size bytes={size_bytes} />, align: 'right' },
  ];
  if (may && !isGone)
    columns.push({
      key: 'download',
      title: words.columns.download,
      cell: (file) => (
        <Button
          size="xs"
          variant="default"
          aria-label={words.of(file.file)}
          leftSection={<IconDownload size={14} aria-hidden />}
          onClick={() => {
            download(file);
          }}
        >
          {words.download}
        </Button>
      ),
    });
  return (
    <Surface flush label={words.title}>
      <div className={classes.files}>
        <Title order={2}>{words.title}</Title>
        <Text c="dimmed" size="sm">
          {isGone ? (
            words.gone
          ) : (
            <>
              {words.until} <When at={expires_at} as="local" />.{!may && ` ${words.viewer}`}
            </>
          )}
        </Text>
      </div>
      <PlainTable label={words.title} columns={columns} rows={files} keyOf={({ number }) => String(number)} />
    </Surface>
  );
}
