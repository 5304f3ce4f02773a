import { Alert, Button, Group, Modal, Radio, Skeleton, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { useLive } from '@/entities/database';
import type { Database, Live } from '@/entities/database';
import { tickOf } from '@/entities/migration';
import { useExport } from '@/entities/table-file';
import { newKey } from '@/shared/api';
import { count, counted } from '@/shared/lib/units';
import { texts } from '@/shared/texts';
import { tables } from '@/shared/texts/tables';
import { notifyDone, ProblemAlert, TableTicks } from '@/shared/ui';

const words = tables.export;
const FORMATS = ['xlsx', 'csv'] as const;
type Format = (typeof FORMATS)[number];

function statusOf(live: Live, chosen: number): string {
  const listed = live.items.length;
  const there = live.tables ?? 0;
  return [words.chosen(counted(chosen, 'table')), ...(there > listed ? [words.more(count(listed), count(there))] : [])].join(' ');
}

interface DialogProps {
  opened: boolean;
  onClose: () => void;
  database: Database;
}

/** Which tables go into files, and of which format; then the job's page has the files. */
export function ExportDialog({ opened, onClose, database }: DialogProps) {
  const live = useLive(database.id);
  return (
    <Modal opened={opened} onClose={onClose} title={words.title(database.name)} size="lg">
      {live.data?.exists ? (
        <ExportForm live={live.data} onClose={onClose} database={database} />
      ) : live.data ? (
        <Alert color="yellow">{words.missing}</Alert>
      ) : live.error ? (
        <ProblemAlert error={live.error} onRetry={() => void live.refetch()} />
      ) : (
        <Skeleton h={240} radius="md" />
      )}
    </Modal>
  );
}

function ExportForm({ live, onClose, database }: { live: Live; onClose: () => void; database: Database }) {
  const navigate = useNavigate();
  const start = useExport();
  const [key] = useState(newKey);
  const [chosen, setChosen] = useState<string[]>([]);
  const [format, setFormat] = useState<Format>('xlsx');
  const [isAsked, setAsked] = useState(false);
  const go = () => {
    setAsked(true);
    if (chosen.length === 0) return;
    start.mutate(
      { body: { database_id: database.id, tables: chosen, format }, key },
      {
        onSuccess: ({ job_id }) => {
          notifyDone(words.begun(database.name));
          onClose();
          void navigate(`/jobs/${job_id}`);
        },
      },
    );
  };
  return (
    <Stack>
      <Text>{words.body}</Text>
      {live.items.length === 0 ? (
        <Text c="dimmed">{words.none}</Text>
      ) : (
        <TableTicks
          label={words.tables}
          tick={words.tick}
          tickOf={words.pick}
          tables={live.items.map(tickOf)}
          isTicked={(pattern) => chosen.includes(pattern)}
          onTick={(pattern, isTicked) => {
            setChosen(isTicked ? [...chosen, pattern] : chosen.filter((each) => each !== pattern));
          }}
          status={statusOf(live, chosen.length)}
        />
      )}
      <Radio.Group
        label={words.format}
        value={format}
        onChange={(value) => {
          setFormat(value as Format);
        }}
      >
        <Stack gap="xs" mt="xs">
          {FORMATS.map((each) => (
            <Radio key={each} value={each} label={words.formats[each].title} description={words.formats[each].body} />
          ))}
        </Stack>
      </Radio.Group>
      {isAsked && chosen.length === 0 && (
        <Text c="var(--hf-bad)" role="alert">
          {words.pickSome}
        </Text>
      )}
      <ProblemAlert error={start.error} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {texts.confirm.cancel}
        </Button>
        <Button onClick={go} loading={start.isPending}>
          {words.confirm}
        </Button>
      </Group>
    </Stack>
  );
}
