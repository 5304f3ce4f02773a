import { Alert, Stack } from '@mantine/core';
import type { Job } from '@/entities/job';
import { IfMay } from '@/entities/me';
import { useReport } from '@/entities/migration';
import { WrongLines } from '@/features/import-report';
import { tables } from '@/shared/texts/tables';

/** What a job's error leaves out, as viewers see it: which lines are wrong, and why. */
export default function Imported({ job }: { job: Job }) {
  return (
    <IfMay role="operator">
      <Report job={job.id} isDone={job.state === 'succeeded'} />
    </IfMay>
  );
}

function Report({ job, isDone }: { job: string; isDone: boolean }) {
  const report = useReport(job).data?.import;
  if (!report) return null;
  return (
    <Stack>
      {report.message && !isDone && (
        <Alert color="red" title={tables.report.title}>
          {report.message}
        </Alert>
      )}
      <WrongLines lines={report.wrong} />
    </Stack>
  );
}
