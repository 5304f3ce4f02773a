import { Group, Tooltip } from '@mantine/core';
import { IconPinFilled } from '@tabler/icons-react';
import { ProofStatus } from '@/entities/backup';
import type { Backup } from '@/entities/backup';
import { texts } from '@/shared/texts';

/** How far the backup is proved, and whether it is pinned; undefined: not known yet, null: there is no file. */
export function Proof({ backup }: { backup: Backup | null | undefined }) {
  if (!backup) return <span>{backup === null ? '–' : ''}</span>;
  if (backup.state === 'deleted') return <span>{texts.logs.gone}</span>;
  return (
    <Group gap="xs" wrap="nowrap" display="inline-flex">
      <ProofStatus proof={backup.proof} plain />
      {backup.is_pinned && (
        <Tooltip label={texts.logs.pinned}>
          <IconPinFilled size={14} role="img" aria-label={texts.logs.pinned} />
        </Tooltip>
      )}
    </Group>
  );
}
