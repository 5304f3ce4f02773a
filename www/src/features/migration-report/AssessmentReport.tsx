import { Stack, Text, Title } from '@mantine/core';
import { fileOf } from '@/entities/migration';
import type { Assessment } from '@/entities/migration';
import { count, duration, size } from '@/shared/lib/units';
import { migrations } from '@/shared/texts/migrations';
import { Facts, Status, Surface } from '@/shared/ui';
import { Columns } from './Columns';
import { Files } from './Files';
import { Findings } from './Findings';
import { Objects } from './Objects';
import classes from './Report.module.css';
import { VERDICTS } from './verdicts';

const words = migrations.report;

/** What becomes of a database in SQL Server. */
export function AssessmentReport({ job, assessment }: { job: string; assessment: Assessment }) {
  const counts = { same: assessment.same, changed: assessment.changed, 'left behind': assessment.left_behind };
  return (
    <Stack>
      <Surface label={words.title}>
        <div role="status">
          <Title order={2} mb="sm">
            {words.title}
          </Title>
        </div>
        <ul className={classes.counts}>
          {VERDICTS.map(([verdict, tone]) => (
            <li key={verdict}>
              <strong className="tabular">{count(counts[verdict])}</strong>
              <Status tone={tone} plain>
                {words.verdicts[verdict]}
              </Status>
              <Text size="sm" c="dimmed">
                {words.verdictHints[verdict]}
              </Text>
            </li>
          ))}
        </ul>
        <Facts
          items={[
            [words.database, `${assessment.database}, ${assessment.source}`],
            [words.rows, count(assessment.rows)],
            [words.bytes, size(assessment.bytes)],
            [words.time, words.timeOf(duration(Math.max(1, Math.ceil(assessment.estimated_s))))],
          ]}
        />
        <Files files={[[fileOf(job, 'report.html'), words.page], [fileOf(job, 'script.sql'), words.script]]} />
      </Surface>
      <Findings findings={assessment.findings} />
      <Objects objects={assessment.objects} />
      <Columns entries={assessment.columns} />
    </Stack>
  );
}
