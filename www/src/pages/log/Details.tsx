import { Alert, Anchor, Code, Stack } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router-dom';
import { BackupStatus, ProofStatus } from '@/entities/backup';
import type { Backup } from '@/entities/backup';
import { errorText, JobStatus } from '@/entities/job';
import { useAllKeys } from '@/entities/key';
import type { LogJob } from '@/entities/log';
import { useStorage } from '@/entities/storage';
import { texts } from '@/shared/texts';
import { logs as logTexts } from '@/shared/texts/logs';
import { Count, Duration, Facts, Size, When } from '@/shared/ui';

const words = logTexts.page;
type Items = (readonly [string, ReactNode])[];

/** What is known of the job, and of its file. */
export function Details({ job, backup }: { job: LogJob | null; backup: Backup | null }) {
  return (
    <Stack>
      {job?.error && (
        <Alert color="red" icon={<IconAlertCircle aria-hidden />} title={words.failed}>
          {errorText(job)} <Code>{job.error.code}</Code>
        </Alert>
      )}
      <Facts items={[...jobItems(job), ...useFileItems(backup)]} />
    </Stack>
  );
}

function jobItems(job: LogJob | null): Items {
  if (!job) return [];
  const f = words.facts;
  const took = job.started_at && job.ended_at ? (Date.parse(job.ended_at) - Date.parse(job.started_at)) / 1000 : null;
  return [
    [f.id, <Code key="id">{job.id}</Code>],
    [f.type, logTexts.type[job.kind] ?? texts.jobs.kind[job.kind] ?? job.kind],
    [f.outcome, <JobStatus key="outcome" state={job.state} plain />],
    [f.database, job.database_id ? <Anchor key="db" component={Link} to={`/databases/${job.database_id}`}>{job.database_name}</Anchor> : job.database_name || '–'],
    [f.created, <When key="created" at={job.created_at} as="local" />],
    [f.ended, <When key="ended" at={job.ended_at} as="local" none="–" />],
    [f.took, <Duration key="took" seconds={took} />],
    [f.by, job.created_by],
    [f.reason, job.reason || '–'],
    [f.worker, `${job.worker ?? '–'} (${f.attempt.toLowerCase()} ${String(job.attempt)})`],
  ];
}

function useFileItems(backup: Backup | null): Items {
  const storage = useStorage(backup?.storage_id ?? undefined).data;
  const keys = useAllKeys().data ?? [];
  if (!backup) return [];
  const f = words.facts;
  const opened = backup.fingerprints.map((each) => `${keys.find(({ fingerprint }) => fingerprint === each)?.name ?? words.unknownKey} (${each})`).join(', ');
  return [
    [f.state, <BackupStatus key="state" backup={backup} plain />],
    [f.proof, <ProofStatus key="proof" proof={backup.proof} plain />],
    [f.provedAt, <When key="proved" at={backup.proved_at} as="local" none="–" />],
    [f.server, backup.server_name || '–'],
    [f.schedule, backup.schedule_id ? <Anchor key="schedule" component={Link} to={`/backup/${backup.schedule_id}`}>{backup.schedule_name ?? '–'}</Anchor> : words.byHand],
    [f.size, <Size key="size" bytes={backup.size_bytes} />],
    [f.raw, <Size key="raw" bytes={backup.raw_bytes} />],
    [f.tables, <Count key="tables" value={backup.tables} />],
    [f.rows, <Count key="rows" value={backup.rows} />],
    [f.storage, backup.storage_name],
    [f.path, <Code key="path">{storage ? `${storage.path}/${backup.path}` : backup.path}</Code>],
    [f.keys, opened || words.unencrypted],
    [f.pinned, backup.is_pinned ? words.yes : words.no],
  ];
}
