import { Skeleton } from '@mantine/core';
import { ProblemAlert } from '@/shared/ui';
import { Confirm } from './Confirm';
import { useEnds } from './useEnds';
import type { Wizard } from './useWizard';

/** The last word. */
export default function GoStep({ wizard }: { wizard: Wizard }) {
  const { ends, error, refetch } = useEnds();
  if (!ends) return error ? <ProblemAlert error={error} onRetry={refetch} /> : <Skeleton h={320} radius="md" />;
  return <Confirm wizard={wizard} ends={ends} />;
}
