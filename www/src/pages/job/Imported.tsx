import { Alert, Stack } from '@mantine/core';
import type { Job } from '@/entities/job';
import { IfMay } from '@/entities/me';
import { useReport } from '@/entities/migration';
import { WrongLines } from '@/features/import-report';
import { inPage } from '@/shared/lib/inPage';
import { tables } from '@/shared/texts/tables';

/** What a job's error leaves out, as viewers see it: which lines are wrong, and why. */
export default function Imported({ job }: { job: Job }) {
  return (
    <IfMay role="operator">
      <Report job={job} />
    </IfMay>
  );
}

function Report({ job }: { job: Job }) {
  const report = useReport(job.id).data?.import;
  if (!report) return null;
  return (
    <Stack>
      {report.message && job.state !== 'succeeded' && (
        <Alert color="red" title={tables.report.title}>
          {inPage(report.message, 'import')}
        </Alert>
      )}
      <WrongLines report={report} file={job.name} />
    </Stack>
  );
}
