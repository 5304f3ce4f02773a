import { useBackup } from '@/entities/backup';
import type { Job } from '@/entities/job';
import { texts } from '@/shared/texts';
import { When } from '@/shared/ui';

/** Which backup a restore brings back. */
export function Source({ job }: { job: Job }) {
  const backup = useBackup(job.kind === 'restore' ? (job.backup_id ?? undefined) : undefined).data;
  if (!backup) return null;
  return (
    <>
      <br />
      {texts.job.from} {backup.name}, {texts.job.taken} <When at={backup.created_at} as="local" />
    </>
  );
}
