import { Anchor, List, Modal, Stack, Text } from '@mantine/core';
import { Link } from 'react-router-dom';
import type { Backup } from '@/entities/backup';
import type { Key } from '@/entities/key';
import { counted, size } from '@/shared/lib/units';
import { texts } from '@/shared/texts';
import { When } from '@/shared/ui';
import { openedBy } from './openedBy';

const words = texts.keys.opening;
const SHOWN = 20;

export function OpensDialog({ keyOf, backups, isAll, opened, onClose }: { keyOf: Key; backups: readonly Backup[]; isAll: boolean; opened: boolean; onClose: () => void }) {
  const opens = openedBy(keyOf, backups);
  return (
    <Modal opened={opened} onClose={onClose} title={words.title(keyOf.name)} size="lg">
      <Stack>
        <Text>{opens.length === 0 ? words.none : words.sum(counted(opens.length, 'backup'), size(opens.reduce((sum, { size_bytes }) => sum + size_bytes, 0)))}</Text>
        <List size="sm">
          {opens.slice(0, SHOWN).map((backup) => (
            <List.Item key={backup.id}>
              <Anchor component={Link} to={`/logs/${backup.job_id ?? backup.id}`}>
                {backup.name}
              </Anchor>{' '}
              <When at={backup.created_at} />
            </List.Item>
          ))}
        </List>
        {opens.length > SHOWN && <Text>{words.more(opens.length - SHOWN)}</Text>}
        {!isAll && <Text c="dimmed">{words.limit}</Text>}
      </Stack>
    </Modal>
  );
}
