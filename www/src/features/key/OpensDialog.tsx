import { Anchor, List, Modal, Skeleton, Stack, Text } from '@mantine/core';
import { Link } from 'react-router-dom';
import { useBackupsOfKey } from '@/entities/backup';
import type { Key } from '@/entities/key';
import { counted, size } from '@/shared/lib/units';
import { texts } from '@/shared/texts';
import { ProblemAlert, When } from '@/shared/ui';

const words = texts.keys.opening;
const SHOWN = 20;

export function OpensDialog({ keyOf, opened, onClose }: { keyOf: Key; opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title={words.title(keyOf.name)} size="lg">
      <Opens keyOf={keyOf} />
    </Modal>
  );
}

function Opens({ keyOf: { fingerprint, opens } }: { keyOf: Key }) {
  const newest = useBackupsOfKey(fingerprint, SHOWN);
  if (opens.backups === 0) return <Text>{words.none}</Text>;
  return (
    <Stack>
      <Text>{words.sum(counted(opens.backups, 'backup'), size(opens.bytes))}</Text>
      {!newest.data && (newest.error ? <ProblemAlert error={newest.error} onRetry={() => void newest.refetch()} /> : <Skeleton h={80} />)}
      <List size="sm">
        {newest.data?.map((backup) => (
          <List.Item key={backup.id}>
            <Anchor component={Link} to={`/logs/${backup.job_id ?? backup.id}`}>
              {backup.name}
            </Anchor>{' '}
            <When at={backup.created_at} />
          </List.Item>
        ))}
      </List>
      {opens.backups > SHOWN && <Text>{words.more(opens.backups - SHOWN)}</Text>}
    </Stack>
  );
}
