import { Skeleton } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { useState } from 'react';
import { useParams } from 'react-router-dom';
import { useDatabase } from '@/entities/database';
import { useMay } from '@/entities/me';
import type { ImportRequest } from '@/entities/table-file';
import { tables } from '@/shared/texts/tables';
import { EmptyState, Page, ProblemAlert } from '@/shared/ui';
import { FileStep } from './FileStep';
import { MatchStep } from './MatchStep';

const words = tables.import;

/** A file goes into a table: it is sent, looked at, and imported. */
export function ImportPage() {
  const { id } = useParams();
  const may = useMay('operator');
  const database = useDatabase(id);
  const [asked, setAsked] = useState<{ body: ImportRequest; file: string } | null>(null);
  if (!database.data) return <Page title={words.title('')}>{database.error ? <ProblemAlert error={database.error} /> : <Skeleton h={240} radius="md" />}</Page>;
  return (
    <Page title={words.title(database.data.name)} description={words.description}>
      {!may ? (
        <EmptyState icon={IconLock} title={words.viewer.title}>
          {words.viewer.body}
        </EmptyState>
      ) : asked ? (
        <MatchStep
          key={asked.body.upload_id}
          asked={asked.body}
          file={asked.file}
          onBack={() => {
            setAsked(null);
          }}
        />
      ) : (
        <FileStep
          database={database.data}
          onSent={(body, file) => {
            setAsked({ body: { ...body, database_id: database.data.id }, file });
          }}
        />
      )}
    </Page>
  );
}
