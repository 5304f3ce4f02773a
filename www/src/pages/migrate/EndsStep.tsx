import { Button, Skeleton } from '@mantine/core';
import { IconDatabase } from '@tabler/icons-react';
import { Link } from 'react-router-dom';
import { migrations } from '@/shared/texts/migrations';
import { EmptyState, ProblemAlert, Surface } from '@/shared/ui';
import { EndsForm } from './EndsForm';
import { useEnds } from './useEnds';
import type { Wizard } from './useWizard';

const words = migrations.ends;

/** From where, and to where. */
export function EndsStep({ wizard }: { wizard: Wizard }) {
  const { ends, error, refetch } = useEnds();
  if (!ends) return error ? <ProblemAlert error={error} onRetry={refetch} /> : <Skeleton h={320} radius="md" />;
  if (ends.databases.length === 0) {
    return (
      <Surface>
        <EmptyState
          icon={IconDatabase}
          title={words.none.title}
          action={
            <Button component={Link} to="/servers">
              {words.none.link}
            </Button>
          }
        >
          {words.none.body}
        </EmptyState>
      </Surface>
    );
  }
  return <EndsForm wizard={wizard} ends={ends} />;
}
