import { Alert, Button, FileButton, Group, Progress, Select, Stack, Text, Title } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { useState } from 'react';
import { useLive } from '@/entities/database';
import type { Database } from '@/entities/database';
import { patternOf } from '@/entities/migration';
import { useAllServers } from '@/entities/server';
import { useAllStorages } from '@/entities/storage';
import { size } from '@/shared/lib/units';
import { tables } from '@/shared/texts/tables';
import { ProblemAlert, Surface } from '@/shared/ui';
import { sendFile } from './sendFile';

const words = tables.import;
const MOST_BYTES = 2 ** 30;

interface FileStepProps {
  database: Database;
  onSent: (asked: { upload_id: string; table: string; pool?: string }, file: string) => void;
}

/** Which file, and into which table. */
export function FileStep({ database, onSent }: FileStepProps) {
  const live = useLive(database.id);
  const storages = useAllStorages().data;
  const [file, setFile] = useState<File | null>(null);
  const [table, setTable] = useState<string | null>(null);
  const [storage, setStorage] = useState<string | null>(null);
  const [pool, setPool] = useState<string | null>(null);
  const [sent, setSent] = useState<number | null>(null);
  const [isAsked, setAsked] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const storageId = storage ?? storages?.[0]?.id;
  const pools = [...new Set((useAllServers().data ?? []).map((server) => server.pool))];
  const wrong = file?.size === 0 ? words.empty : (file?.size ?? 0) > MOST_BYTES ? words.large : null;
  const send = async () => {
    setAsked(true);
    if (!file || wrong || !table || !storageId) return;
    setSent(0);
    setError(null);
    try {
      const upload_id = await sendFile(file, storageId, setSent);
      onSent({ upload_id, table, ...(pool ? { pool } : {}) }, file.name);
    } catch (reason) {
      setError(reason);
      setSent(null);
    }
  };
  const complaint = wrong ?? (isAsked && !file ? words.fileMissing : null);
  return (
    <Surface label={words.file}>
      <Stack>
        <Title order={2}>{words.file}</Title>
        {storages?.length === 0 && <Alert color="yellow">{words.noStorage}</Alert>}
        <Group>
          <FileButton onChange={setFile} accept=".csv,.txt,.tsv,.xlsx" inputProps={{ 'aria-label': words.choose }}>
            {(props) => (
              <Button {...props} variant="default" leftSection={<IconUpload size={16} aria-hidden />} disabled={sent !== null}>
                {words.choose}
              </Button>
            )}
          </FileButton>
          {file && <Text>{words.chosen(file.name, size(file.size))}</Text>}
          {complaint && (
            <Text c="var(--mantine-color-error)" role="alert" size="sm">
              {complaint}
            </Text>
          )}
        </Group>
        <Select
          label={words.table}
          data={(live.data?.items ?? []).map((each) => ({ value: patternOf(each.schema, each.name), label: `${each.schema}.${each.name}` }))}
          value={table}
          onChange={setTable}
          searchable
          error={isAsked && !table ? words.tableMissing : null}
          maw="28rem"
        />
        {storages && storages.length > 1 && (
          <Select label={words.storage} data={storages.map(({ id, name }) => ({ value: id, label: name }))} value={storageId ?? null} onChange={setStorage} allowDeselect={false} maw="28rem" />
        )}
        {pools.length > 1 && <Select label={words.pool} description={words.poolHint} placeholder={words.poolUsual} data={pools} value={pool} onChange={setPool} clearable maw="28rem" />}
        <ProblemAlert error={live.error ?? error} />
        {sent !== null && file && <Progress value={(100 * sent) / file.size} aria-label={words.sending} />}
        <Group justify="flex-end">
          <Button onClick={() => void send()} loading={sent !== null} disabled={!storageId}>
            {words.next}
          </Button>
        </Group>
      </Stack>
    </Surface>
  );
}
