import { Anchor, Button, Skeleton, Tabs } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { Link, useParams } from 'react-router-dom';
import { useBackup } from '@/entities/backup';
import type { Backup } from '@/entities/backup';
import { useBackupOfJob, useLogJob } from '@/entities/log';
import type { LogJob } from '@/entities/log';
import { useMay } from '@/entities/me';
import { useBackupActions } from '@/features/backup';
import { UndoNotice } from '@/features/undo';
import { logs as logTexts } from '@/shared/texts/logs';
import { Page, ProblemAlert, RowMenu, Surface } from '@/shared/ui';
import { Details } from './Details';
import classes from './LogPage.module.css';
import { Log, Noted } from './Parts';
import { Tables } from './Tables';

const words = logTexts.page;

/** /logs/:id: a backup or a restore by its job, or a file by its own id where no job here has made it. */
export function LogPage() {
  const { id = '' } = useParams();
  const job = useLogJob(id);
  const isFile = job.data === null;
  const file = useBackup(isFile ? id : undefined);
  const error = job.error ?? file.error;
  const isKnown = job.data !== undefined && (!isFile || file.data !== undefined);
  return (
    <>
      <Anchor component={Link} to="/logs" size="sm" className={classes.back}>
        <IconArrowLeft size={14} aria-hidden /> {words.back}
      </Anchor>
      {isKnown ? (
        <Content job={job.data ?? null} file={file.data ?? null} />
      ) : (
        <Page title={logTexts.title}>{error ? <ProblemAlert error={error} onRetry={() => void job.refetch()} /> : <Skeleton h={300} radius="md" />}</Page>
      )}
    </>
  );
}

function Content({ job, file }: { job: LogJob | null; file: Backup | null }) {
  const mayAudit = useMay('auditor');
  const found = useBackupOfJob(job?.kind === 'backup' && job.state === 'succeeded' ? job.id : undefined).data;
  const source = useBackup(job?.kind === 'restore' ? (job.backup_id ?? undefined) : undefined).data;
  const backup = file ?? found ?? null;
  const actions = useBackupActions();
  const shown = job?.kind === 'restore' ? (source ?? null) : backup;
  const items = backup ? actions.of(backup) : [];
  const [restore, verify, ...more] = items;
  const title = job?.name || file?.name || logTexts.unnamed(logTexts.type[job?.kind ?? ''] ?? '', job?.database_name ?? '');
  return (
    <Page
      title={title}
      actions={
        <>
          {[verify, restore].map(
            (action) =>
              action && (
                <Button key={action.label} variant={action === restore ? 'filled' : 'default'} leftSection={action.icon} disabled={action.disabled !== undefined} title={action.disabled} onClick={action.onClick}>
                  {action.label}
                </Button>
              ),
          )}
          <RowMenu row={title} name={title} actions={more} />
        </>
      }
    >
      {job?.kind === 'restore' && job.database_id && <UndoNotice databaseId={job.database_id} databaseName={job.database_name} jobId={job.id} />}
      <Surface label={title}>
        <Tabs defaultValue="details" keepMounted={false}>
          <Tabs.List mb="md">
            <Tabs.Tab value="details">{words.details}</Tabs.Tab>
            <Tabs.Tab value="tables">{words.tables}</Tabs.Tab>
            <Tabs.Tab value="log">{words.log}</Tabs.Tab>
            {mayAudit && <Tabs.Tab value="audit">{words.audit}</Tabs.Tab>}
          </Tabs.List>
          <Tabs.Panel value="details">
            <Details job={job} backup={shown} />
          </Tabs.Panel>
          <Tabs.Panel value="tables">
            <Tables backup={shown} />
          </Tabs.Panel>
          <Tabs.Panel value="log">
            <Log job={job} />
          </Tabs.Panel>
          {mayAudit && (
            <Tabs.Panel value="audit">
              <Noted job={job} backup={backup} />
            </Tabs.Panel>
          )}
        </Tabs>
      </Surface>
      {actions.dialogs}
    </Page>
  );
}
