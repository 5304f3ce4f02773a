import { Skeleton } from '@mantine/core';
import { Navigate, useLocation } from 'react-router-dom';
import { useAllDatabases } from '@/entities/database';
import type { Database } from '@/entities/database';
import { useMay } from '@/entities/me';
import { useAllServers } from '@/entities/server';
import { texts } from '@/shared/texts';
import { Page, ProblemAlert } from '@/shared/ui';
import { Charts } from './Charts';
import { DatabaseTable } from './DatabaseTable';
import { NothingYet } from './NothingYet';
import classes from './OverviewPage.module.css';
import { FailedJobs, RunningJobs } from './JobLists';
import { StorageUse } from './StorageUse';
import { Tiles } from './Tiles';

const words = texts.overview;

/** What one opens in the morning. Where nothing is set up it leads an administrator to the first steps. */
export function OverviewPage() {
  const databases = useAllDatabases(30_000);
  if (!databases.data) {
    return (
      <Page title={words.title}>
        {databases.error ? <ProblemAlert error={databases.error} onRetry={() => void databases.refetch()} /> : <Skeleton h={320} radius="md" />}
      </Page>
    );
  }
  if (databases.data.length === 0) return <Unused />;
  return <Standing databases={databases.data} />;
}

function Unused() {
  const servers = useAllServers();
  const isAdministrator = useMay('administrator');
  const { state } = useLocation() as { state: { isGuideLeft?: boolean } | null };
  if (isAdministrator && servers.data?.length === 0 && !state?.isGuideLeft) return <Navigate to="/welcome" replace />;
  return <Page title={words.title}>{servers.isPending ? <Skeleton h={320} radius="md" /> : <NothingYet server={servers.data?.[0]} />}</Page>;
}

function Standing({ databases }: { databases: readonly Database[] }) {
  return (
    <Page title={words.title}>
      <Tiles databases={databases} />
      <div className={classes.two}>
        <RunningJobs />
        <FailedJobs />
      </div>
      <DatabaseTable databases={databases} />
      <Charts databases={databases} />
      <StorageUse />
    </Page>
  );
}
