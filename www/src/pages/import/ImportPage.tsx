import { Skeleton } from '@mantine/core';
import { useState } from 'react';
import { useParams } from 'react-router-dom';
import { useDatabase } from '@/entities/database';
import { useMay } from '@/entities/me';
import { useMssqlServer } from '@/entities/mssql-server';
import { tables } from '@/shared/texts/tables';
import { NotYours, Page, ProblemAlert, StepList } from '@/shared/ui';
import { EMPTY, requestOf } from './draft';
import type { Target } from './draft';
import { FileStep } from './FileStep';
import { MatchStep } from './MatchStep';

const words = tables.import;

/** A file goes into a table of a database, or of a SQL Server: it is sent, looked at, and imported. */
export function ImportPage() {
  const { id, server } = useParams();
  const may = useMay('operator');
  const database = useDatabase(id);
  const mssql = useMssqlServer(server);
  const target: Target | null = database.data ? { kind: 'database', database: database.data } : mssql.data ? { kind: 'mssql', server: mssql.data } : null;
  const error = database.error ?? mssql.error;
  if (!target) return <Page title={words.title('')}>{error ? <ProblemAlert error={error} /> : <Skeleton h={240} radius="md" />}</Page>;
  return (
    <Page title={words.title(target.kind === 'database' ? target.database.name : target.server.name)} description={words.description}>
      {may ? <Steps target={target} /> : <NotYours words={words.viewer} />}
    </Page>
  );
}

function Steps({ target }: { target: Target }) {
  const [draft, setDraft] = useState(EMPTY);
  const [sent, setSent] = useState<{ upload: string; file: string } | null>(null);
  return (
    <>
      <StepList label={words.steps} names={[words.file, words.match]} current={sent ? 1 : 0} />
      {sent ? (
        <MatchStep
          asked={requestOf(target, draft, sent.upload)}
          file={sent.file}
          onBack={() => {
            setSent(null);
          }}
        />
      ) : (
        <FileStep
          target={target}
          draft={draft}
          onTell={(told) => {
            setDraft((before) => ({ ...before, ...told }));
          }}
          onSent={(upload, file) => {
            setSent({ upload, file });
          }}
        />
      )}
    </>
  );
}
