import { Skeleton, Stack, Text } from '@mantine/core';
import { useReport } from '@/entities/migration';
import { migrations } from '@/shared/texts/migrations';
import { ProblemAlert, Surface } from '@/shared/ui';
import { AssessmentReport } from './AssessmentReport';
import { Proof } from './Proof';

/** The report that a job has left: of an assessment, or of a migration into SQL Server however it ended. */
export function JobReport({ job, isProof, isDone }: { job: string; isProof: boolean; isDone: boolean }) {
  const report = useReport(job);
  if (report.error) return <ProblemAlert error={report.error} onRetry={() => void report.refetch()} />;
  if (report.data === undefined) return <Skeleton h={240} radius="md" />;
  if (report.data === null) {
    return (
      <Surface>
        <Text c="dimmed">{migrations.report.none_kept}</Text>
      </Surface>
    );
  }
  return (
    <Stack>
      {isProof && <Proof job={job} report={report.data} isDone={isDone} />}
      {report.data.assessment && !isProof && <AssessmentReport job={job} assessment={report.data.assessment} />}
    </Stack>
  );
}
