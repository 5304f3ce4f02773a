import { Anchor, Skeleton, Title } from '@mantine/core';
import { Link, useParams } from 'react-router-dom';
import { ProofStatus, useBackupHistory } from '@/entities/backup';
import { DatabaseStatus, useDatabase } from '@/entities/database';
import type { Database } from '@/entities/database';
import { BusyNotice } from '@/entities/job';
import { ClosedNotice } from '@/features/closed-source';
import { PauseNotice } from '@/features/retention-pause';
import { SizeChart } from '@/features/size-chart';
import { UndoNotice } from '@/features/undo';
import { interval } from '@/shared/lib/units';
import { texts } from '@/shared/texts';
import { Facts, Page, ProblemAlert, Size, Surface, When } from '@/shared/ui';
import { Actions } from './Actions';
import { Backups } from './Backups';
import { Covering } from './Covering';
import { LastFailed } from './LastFailed';
import { Missing } from './Missing';
import classes from './DatabasePage.module.css';

const words = texts.databases;

export function DatabasePage() {
  const { id } = useParams();
  const database = useDatabase(id);
  if (!database.data) {
    return (
      <Page title={texts.overview.databases.columns.name}>
        {database.error ? <ProblemAlert error={database.error} onRetry={() => void database.refetch()} /> : <Skeleton h={240} radius="md" />}
      </Page>
    );
  }
  return <OneDatabase database={database.data} />;
}

function OneDatabase({ database }: { database: Database }) {
  const server = (
    <Anchor component={Link} to={`/servers/${database.server_id}`} underline="always">
      {database.server_name}
    </Anchor>
  );
  return (
    <Page title={database.name} description={<>{words.server} {server}</>} actions={<Actions database={database} />}>
      <BusyNotice databaseId={database.id} />
      <ClosedNotice databaseId={database.id} />
      <UndoNotice databaseId={database.id} databaseName={database.name} />
      {database.missing_since ? <Missing database={database} since={database.missing_since} /> : <LastFailed database={database} />}
      <PauseNotice database={database} />
      <div className={classes.two}>
        <Standing database={database} />
        <Covering database={database} />
      </div>
      <Trend database={database} />
      <Backups database={database} />
    </Page>
  );
}

function Standing({ database }: { database: Database }) {
  const proof = database.last_good_proof;
  const { facts } = words;
  const after = interval(database.alarm_after_s).replace('every ', '');
  return (
    <Surface label={facts.label}>
      <DatabaseStatus database={database} />
      <div className={classes.facts}>
        <Facts
          items={[
            [facts.lastGood, <When key="good" at={database.last_good_at} none={facts.none} />],
            [facts.size, <Size key="size" bytes={database.last_good_bytes} />],
            [facts.proof, proof ? <ProofStatus key="proof" proof={proof} plain /> : '–'],
            [facts.next, <When key="next" at={database.next_run_at} none={facts.noSchedule} />],
            [facts.alarmAfter, facts.alarmHint(after)],
            [facts.retention, database.retention_paused ? facts.paused(database.retention_paused) : facts.runs],
            ...(database.halted_until ? [[facts.halted, <When key="halted" at={database.halted_until} as="local" />] as const] : []),
            [facts.registered, <When key="at" at={database.created_at} as="local" />],
            [facts.registeredBy, database.created_by],
          ]}
        />
      </div>
    </Surface>
  );
}

function Trend({ database }: { database: Database }) {
  const backups = useBackupHistory(database.id, 100).data;
  return (
    <Surface label={texts.overview.chart.title}>
      <Title order={2} mb="sm">
        {texts.overview.chart.title}
      </Title>
      {backups ? <SizeChart backups={backups} name={database.name} /> : <Skeleton h={200} />}
    </Surface>
  );
}
