import { Alert, Text, Title } from '@mantine/core';
import { IconAlertCircle, IconAlertTriangle } from '@tabler/icons-react';
import { fileOf } from '@/entities/migration';
import type { Report } from '@/entities/migration';
import { inPage } from '@/shared/lib/inPage';
import { count, counted } from '@/shared/lib/units';
import { capital } from '@/shared/lib/words';
import { migrations } from '@/shared/texts/migrations';
import { Status, Surface } from '@/shared/ui';
import { Files } from './Files';
import { MovedTables } from './MovedTables';
import { RefusedRows } from './RefusedRows';
import classes from './Report.module.css';

const words = migrations.proof;

/** Whether both sides are equal, in one line; then table by table. */
export function Proof({ job, report, isDone }: { job: string; report: Report; isDone: boolean }) {
  const moved = report.moved ?? [];
  const refused = report.refused ?? 0;
  return (
    <>
      <Surface label={words.title}>
        <div role="status">
          <Title order={2} mb={4}>
            <Status tone={report.proved && isDone ? 'ok' : 'bad'} plain>
              <span className={classes.verdictLine}>{lineOf(report, isDone)}</span>
            </Status>
          </Title>
        </div>
        {report.detail && (
          <Alert color="red" icon={<IconAlertCircle aria-hidden />} mt="sm" mb="sm" title={words.which}>
            <span className={classes.breaks}>{capital(inPage(report.detail, 'migrate'))}</span>
          </Alert>
        )}
        {refused > 0 && (
          <Text>
            <Status tone="warn" plain>
              {words.refused(counted(refused, 'row'))}
            </Status>
          </Text>
        )}
        {(report.parts_kept ?? 0) > 0 && <Text c="dimmed">{words.kept(counted(report.parts_kept ?? 0, 'part'))}</Text>}
        {report.warning && (
          <Alert color="yellow" icon={<IconAlertTriangle aria-hidden />} mt="sm">
            {capital(report.warning)}
          </Alert>
        )}
        {report.assessment && (
          <Files
            files={[
              [fileOf(job, 'report.html'), migrations.report.page],
              [fileOf(job, 'script.sql'), migrations.report.script],
            ]}
          />
        )}
      </Surface>
      {moved.length > 0 && <MovedTables moved={moved} />}
      {(report.refused_rows ?? []).length > 0 && <RefusedRows job={job} rows={report.refused_rows ?? []} />}
    </>
  );
}

/** Of one that failed after all was equal, or before anything was, the report's own line says what came of it. */
function lineOf({ proved, line, moved = [] }: Report, isDone: boolean): string {
  if (proved && isDone) return words.equal(counted(moved.length, 'table'), counted(moved.reduce((sum, { source }) => sum + source.rows, 0), 'row'));
  const different = moved.filter(({ compared, equal }) => compared && !equal).length;
  if (different === 0) return capital(line ?? '') || words.unproved;
  return different === 1 ? words.differsOne : words.differs(count(different));
}
