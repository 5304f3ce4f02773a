import { Alert, Skeleton } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { useBackup } from '@/entities/backup';
import { useAllDatabases } from '@/entities/database';
import { needsKey, useAllKeys } from '@/entities/key';
import { useAllServers } from '@/entities/server';
import { useHaltPresets } from '@/entities/settings';
import { texts } from '@/shared/texts';
import { ProblemAlert } from '@/shared/ui';
import { BackupCard } from './BackupCard';
import { TargetForm } from './TargetForm';
import type { Values } from './values';

interface TargetStepProps {
  backupId: string;
  /** The database that one came from; absent: the backup's own. */
  databaseId: string | null;
  draft: Values | null;
  onBack: () => void;
  onChecked: (preflightId: string, values: Values) => void;
}

/** Where it goes, and how. */
export default function TargetStep({ backupId, databaseId, draft, onBack, onChecked }: TargetStepProps) {
  const backup = useBackup(backupId);
  const databases = useAllDatabases();
  const servers = useAllServers();
  const keys = useAllKeys();
  const presets = useHaltPresets();
  const error = backup.error ?? databases.error ?? servers.error ?? keys.error ?? presets.error;
  if (!backup.data || !databases.data || !servers.data || !keys.data || !presets.data) {
    return error ? <ProblemAlert error={error} onRetry={() => void backup.refetch()} /> : <Skeleton h={320} radius="md" />;
  }
  const own = databaseId ?? backup.data.database_id;
  return (
    <>
      <BackupCard backup={backup.data} onOther={onBack} />
      {backup.data.state !== 'good' && <Alert color="red" icon={<IconInfoCircle aria-hidden />}>{texts.restore.pick.bad}</Alert>}
      <TargetForm
        backup={backup.data}
        databases={databases.data}
        servers={servers.data}
        needsKey={needsKey(backup.data.fingerprints, keys.data)}
        draft={draft}
        presets={presets.data}
        own={databases.data.find(({ id }) => id === own)}
        onChecked={onChecked}
      />
    </>
  );
}
