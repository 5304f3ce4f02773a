import { Button, Group, Progress, Stack, Text } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay, IconTrash, IconUpload } from '@tabler/icons-react';
import { useUpload } from '@/entities/restore';
import { counted, percent, size } from '@/shared/lib/units';
import { texts } from '@/shared/texts';
import { ProblemAlert, Status } from '@/shared/ui';
import type { Tone } from '@/shared/ui';
import type { Sending } from './useTusUpload';

const words = texts.restore.upload;

interface ChosenProps {
  sending: Sending;
  /** It is known where to. */
  canStart: boolean;
  onStart: () => void;
  onPause: () => void;
  onResume: () => void;
  onRemove: () => void;
  onUse: (backupId: string) => void;
}

const TONES: Record<keyof typeof words.state, Tone> = {
  waiting: 'quiet',
  sending: 'busy',
  retrying: 'warn',
  paused: 'quiet',
  checking: 'busy',
  done: 'ok',
  refused: 'bad',
  failed: 'bad',
};

/** The file that is chosen, and how far it is. */
export function Chosen({ sending, canStart, onStart, onPause, onResume, onRemove, onUse }: ChosenProps) {
  const { file, phase, sent, resumedAt } = sending;
  const upload = useUpload(sending.uploadId).data;
  const state = phase === 'checking' && upload?.state === 'complete' ? 'done' : upload?.state === 'refused' ? 'refused' : phase;
  const part = (100 * sent) / file.size;
  const isMoving = phase === 'sending' || phase === 'retrying';
  return (
    <Stack gap="xs">
      <Group justify="space-between" gap="xs">
        <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
          {file.name}
        </Text>
        <Status tone={TONES[state]}>{words.state[state]}</Status>
      </Group>
      <Progress value={part} size="lg" aria-label={words.progress(file.name)} />
      <Text size="sm" c="dimmed" className="tabular">
        {words.of(size(sent), size(file.size))} · {percent(part, sent === file.size)}
        {resumedAt !== null && isMoving && ` · ${words.resumed(size(resumedAt))}`}
      </Text>
      <ProblemAlert error={sending.error} />
      {upload?.error && (
        <Text c="var(--mantine-color-error)" role="alert">
          {upload.error}
        </Text>
      )}
      {upload?.summary && <Summary summary={upload.summary} />}
      <Group gap="xs">
        {phase === 'waiting' && (
          <Button leftSection={<IconUpload size={16} aria-hidden />} onClick={onStart} disabled={!canStart}>
            {words.start}
          </Button>
        )}
        {isMoving && (
          <Button variant="default" leftSection={<IconPlayerPause size={16} aria-hidden />} onClick={onPause}>
            {words.pause}
          </Button>
        )}
        {(phase === 'paused' || phase === 'failed') && (
          <Button variant="default" leftSection={<IconPlayerPlay size={16} aria-hidden />} onClick={onResume}>
            {words.resume}
          </Button>
        )}
        {upload?.summary && (
          <Button
            onClick={() => {
              if (upload.summary) onUse(upload.summary.backup_id);
            }}
          >
            {words.use}
          </Button>
        )}
        <Button variant="subtle" color="red" leftSection={<IconTrash size={16} aria-hidden />} onClick={onRemove}>
          {words.remove}
        </Button>
      </Group>
    </Stack>
  );
}

type UploadSummary = NonNullable<NonNullable<ReturnType<typeof useUpload>['data']>['summary']>;

function Summary({ summary }: { summary: UploadSummary }) {
  return (
    <Text size="sm">
      {words.isBackup(summary.database_name)}{' '}
      {summary.is_readable
        ? summary.unread === null && words.content(counted(summary.tables, 'table'), counted(summary.rows, 'row'))
        : words.unreadable}{' '}
      {words.unread}
    </Text>
  );
}
