import { Button, Group } from '@mantine/core';
import { ProofStatus } from '@/entities/backup';
import type { Backup } from '@/entities/backup';
import { counted } from '@/shared/lib/units';
import { texts } from '@/shared/texts';
import { Facts, Size, Surface, When } from '@/shared/ui';

const words = texts.restore.backup;

/** The backup that was chosen. */
export function BackupCard({ backup, onOther }: { backup: Backup; onOther?: () => void }) {
  return (
    <Surface label={words.label}>
      <Group justify="space-between" align="flex-start">
        <Facts
          items={[
            [words.label, backup.name],
            [words.of, [backup.database_name || '–', backup.server_name].filter(Boolean).join(', ')],
            [
              words.taken,
              <span key="taken">
                <When at={backup.created_at} as="local" /> (<When at={backup.created_at} />)
              </span>,
            ],
            [words.content, words.contentOf(counted(backup.tables, 'table'), counted(backup.rows, 'row'))],
            [words.size, <Size key="size" bytes={backup.size_bytes} />],
            [words.proof, <ProofStatus key="proof" proof={backup.proof} plain />],
          ]}
        />
        {onOther && (
          <Button variant="default" size="xs" onClick={onOther}>
            {words.other}
          </Button>
        )}
      </Group>
    </Surface>
  );
}
