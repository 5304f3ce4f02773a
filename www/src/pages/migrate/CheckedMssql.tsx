import { Alert, Button, Skeleton, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useReport } from '@/entities/migration';
import { AssessmentReport } from '@/features/migration-report';
import { migrations } from '@/shared/texts/migrations';
import { ProblemAlert } from '@/shared/ui';
import { Next } from './Next';
import type { Wizard } from './useWizard';

const words = migrations.check;

/** What becomes of a database in SQL Server; while values stand in the way, there is no way on but back. */
export function CheckedMssql({ job, wizard }: { job: string; wizard: Wizard }) {
  const report = useReport(job);
  if (report.error) return <ProblemAlert error={report.error} onRetry={() => void report.refetch()} />;
  if (report.data === undefined) return <Skeleton h={320} radius="md" />;
  const assessment = report.data?.assessment;
  const isBlocked = assessment?.findings.some(({ blocks }) => blocks) ?? false;
  return (
    <Stack>
      {isBlocked && (
        <Alert color="red" icon={<IconAlertTriangle aria-hidden />} title={words.blocked} role="alert">
          <Text size="sm" mb="xs">
            {words.blockedBody}
          </Text>
          <Button
            size="xs"
            onClick={() => {
              wizard.go('what', wizard.job);
            }}
          >
            {words.change}
          </Button>
        </Alert>
      )}
      {assessment ? <AssessmentReport job={job} assessment={assessment} /> : migrations.report.none_kept}
      {!isBlocked && <Next wizard={wizard} />}
    </Stack>
  );
}
