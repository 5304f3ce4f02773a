import { Anchor, Text } from '@mantine/core';
import { IconActivity } from '@tabler/icons-react';
import { Link } from 'react-router-dom';
import { isEnded, jobTitle, JobStatus, useJobPage, waitingFor } from '@/entities/job';
import type { Job } from '@/entities/job';
import { useListState } from '@/shared/api';
import { percent } from '@/shared/lib/units';
import { texts } from '@/shared/texts';
import { ClearFilters, DataTable, EmptyState, Page, TableFilter, TableSearch, When } from '@/shared/ui';
import type { Column } from '@/shared/ui';

const words = texts.jobs;

const columns: readonly Column<Job>[] = [
  {
    key: 'name',
    title: words.columns.name,
    cell: (job) => (
      <Anchor component={Link} to={`/jobs/${job.id}`}>
        {jobTitle(job)}
      </Anchor>
    ),
  },
  {
    key: 'state',
    title: words.columns.state,
    cell: (job) => (
      <>
        <JobStatus state={job.state} plain />
        {job.waiting_for && (
          <Text size="sm" c="dimmed">
            {words.waitsFor(waitingFor(job.waiting_for).what)}
          </Text>
        )}
      </>
    ),
  },
  {
    key: 'progress',
    title: words.columns.progress,
    align: 'right',
    cell: (job) => (isEnded(job.state) ? '–' : percent(job.progress?.percent ?? 0)),
  },
  { key: 'by', title: words.columns.by, cell: (job) => job.created_by },
  { key: 'at', title: words.columns.at, sort: 'created_at', cell: (job) => <When at={job.created_at} /> },
];

const options = (names: Record<string, string>) => Object.entries(names).map(([value, label]) => ({ value, label }));

export function JobsPage() {
  const state = useListState({ sort: '-created_at', filters: ['state', 'kind'] });
  const list = useJobPage(state);
  return (
    <Page title={words.title}>
      <DataTable
        label={words.title}
        columns={columns}
        list={list}
        nameOf={jobTitle}
        toolbar={
          <>
            <TableSearch state={state} />
            <TableFilter state={state} name="state" label={words.columns.state} options={options(words.state)} />
            <TableFilter state={state} name="kind" label={words.columns.kind} options={options(words.kind)} />
            <ClearFilters state={state} />
          </>
        }
        empty={
          <EmptyState icon={IconActivity} title={words.empty.title}>
            {words.empty.body}
          </EmptyState>
        }
      />
    </Page>
  );
}
