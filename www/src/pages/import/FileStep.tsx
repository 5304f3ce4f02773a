import { Alert, Button, FileButton, Group, Progress, Select, Stack, Text, Title } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { useState } from 'react';
import { useAllMssqlServers } from '@/entities/mssql-server';
import { useAllServers } from '@/entities/server';
import { useAllStorages } from '@/entities/storage';
import { size } from '@/shared/lib/units';
import { tables } from '@/shared/texts/tables';
import { ProblemAlert, Surface } from '@/shared/ui';
import { lacksTable } from './draft';
import type { Draft, Target } from './draft';
import { sendFile } from './sendFile';
import { TableFields } from './TableFields';

const words = tables.import;
const MOST_BYTES = 2 ** 30;

interface FileStepProps {
  target: Target;
  draft: Draft;
  onTell: (told: Partial<Draft>) => void;
  onSent: (upload_id: string, file: string) => void;
}

/** Which file, and into which table. */
export function FileStep({ target, draft, onTell, onSent }: FileStepProps) {
  const storages = useAllStorages().data;
  const [progress, setProgress] = useState<number | null>(null);
  const [isTried, setTried] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const { file, pool } = draft;
  const storage = draft.storage ?? storages?.[0]?.id;
  const pools = [...new Set([...(useAllServers().data ?? []), ...(useAllMssqlServers().data ?? [])].map((server) => server.pool))];
  const wrong = file?.size === 0 ? words.empty : (file?.size ?? 0) > MOST_BYTES ? words.large : null;
  const send = async () => {
    setTried(true);
    if (!file || wrong || lacksTable(target, draft) || !storage) return;
    if (draft.sent?.file === file && draft.sent.storage === storage) {
      onSent(draft.sent.upload, file.name);
      return;
    }
    setProgress(0);
    setError(null);
    try {
      const upload = await sendFile(file, storage, setProgress);
      onTell({ sent: { file, storage, upload } });
      onSent(upload, file.name);
    } catch (reason) {
      setError(reason);
      setProgress(null);
    }
  };
  const complaint = wrong ?? (isTried && !file ? words.fileMissing : null);
  return (
    <Surface label={words.file}>
      <Stack>
        <Title order={2}>{words.file}</Title>
        {storages?.length === 0 && <Alert color="yellow">{words.noStorage}</Alert>}
        <Group>
          <FileButton
            onChange={(chosen) => {
              onTell({ file: chosen });
            }}
            accept=".csv,.txt,.tsv,.xlsx"
            inputProps={{ 'aria-label': words.choose }}
          >
            {(props) => (
              <Button {...props} variant="default" leftSection={<IconUpload size={16} aria-hidden />} disabled={progress !== null}>
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
        <TableFields target={target} draft={draft} onTell={onTell} isTried={isTried} />
        {storages && storages.length > 1 && (
          <Select
            label={words.storage}
            data={storages.map(({ id, name }) => ({ value: id, label: name }))}
            value={storage ?? null}
            onChange={(chosen) => {
              onTell({ storage: chosen });
            }}
            allowDeselect={false}
            maw="28rem"
          />
        )}
        {pools.length > 1 && (
          <Select
            label={words.pool}
            description={words.poolHint}
            placeholder={words.poolUsual}
            data={pools}
            value={pool}
            onChange={(chosen) => {
              onTell({ pool: chosen });
            }}
            clearable
            maw="28rem"
          />
        )}
        <ProblemAlert error={error} />
        {progress !== null && file && <Progress value={(100 * progress) / file.size} aria-label={words.sending} />}
        <Group justify="flex-end">
          <Button onClick={() => void send()} loading={progress !== null} disabled={!storage}>
            {words.next}
          </Button>
        </Group>
      </Stack>
    </Surface>
  );
}
