import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { Link } from 'react-router-dom';
import type { Job } from '@/entities/job';
import { IfMay, useMe, whoIs } from '@/entities/me';
import { readDraft } from '@/entities/migration';
import { JobReport } from '@/features/migration-report';
import { UndoNotice } from '@/features/undo';
import { counted } from '@/shared/lib/units';
import { migrations } from '@/shared/texts/migrations';
import { Status, Surface } from '@/shared/ui';
import classes from './JobPage.module.css';

/** What a migration or an assessment has come to, once it has ended. */
export default function Migration({ job }: { job: Job }) {
  const isMigration = job.kind === 'migrate';
  const isMssql = job.result?.target === 'sql-server';
  return (
    <Stack>
      {isMigration && job.state !== 'succeeded' && <Again job={job} isMssql={isMssql} />}
      {isMigration && !isMssql && job.state === 'succeeded' && <Copied job={job} />}
      {isMssql && (
        <IfMay role="operator">
          <JobReport job={job.id} isProof={isMigration} isDone={job.state === 'succeeded'} />
        </IfMay>
      )}
    </Stack>
  );
}

/** Of PostgreSQL all tables are compared before it is done at all: a line says so. */
function Copied({ job }: { job: Job }) {
  const result = job.result as Record<string, unknown> | null;
  const number = (name: string) => (typeof result?.[name] === 'number' ? result[name] : 0);
  return (
    <>
      {typeof result?.kept === 'string' && typeof result.target_database_id === 'string' && (
        <UndoNotice databaseId={result.target_database_id} databaseName={String(result.database)} jobId={job.id} />
      )}
      <Surface label={migrations.proof.title}>
        <Title order={2}>
          <Status tone="ok" plain>
            <span className={classes.verdict}>{migrations.proof.equal(counted(number('tables_proved'), 'table'), counted(number('rows'), 'row'))}</span>
          </Status>
        </Title>
      </Surface>
    </>
  );
}

/** Back to the confirmation, if it was asked for in this tab; else to the beginning of the wizard. */
function Again({ job, isMssql }: { job: Job; isMssql: boolean }) {
  const words = migrations.again;
  const draft = readDraft(whoIs(useMe()));
  const isOwn = draft?.migration === job.id && draft.assessment !== undefined;
  return (
    <IfMay role="operator">
      <Group>
        <Button component={Link} to={isOwn ? `/migrate?step=go&job=${draft.assessment ?? ''}` : '/migrate'} variant="default" leftSection={<IconRefresh size={16} aria-hidden />}>
          {isOwn ? words.button : words.wizard}
        </Button>
        <Text c="dimmed" size="sm" flex="1 1 14rem">
          {isMssql ? words.body : words.afresh}
        </Text>
      </Group>
    </IfMay>
  );
}
