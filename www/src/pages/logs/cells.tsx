import { IconPinFilled } from '@tabler/icons-react';
import { ProofStatus } from '@/entities/backup';
import type { Backup } from '@/entities/backup';
import { logs as logTexts } from '@/shared/texts/logs';
import classes from './cells.module.css';

/** How far the backup is proved, and whether it is pinned; null: there is no file. */
export function Proof({ backup }: { backup: Pick<Backup, 'state' | 'proof' | 'is_pinned'> | null }) {
  if (!backup) return <span>–</span>;
  if (backup.state === 'deleted') return <span>{logTexts.gone}</span>;
  return (
    <span className={classes.proof}>
      <ProofStatus proof={backup.proof} plain />
      {backup.is_pinned && (
        <IconPinFilled size={14} role="img" aria-label={logTexts.pinned}>
          <title>{logTexts.pinned}</title>
        </IconPinFilled>
      )}
    </span>
  );
}
