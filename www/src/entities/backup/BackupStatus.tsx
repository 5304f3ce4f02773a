import { texts } from '@/shared/texts';
import { Status } from '@/shared/ui';
import type { Tone } from '@/shared/ui';
import type { Backup } from './queries';

const TONES: Record<Backup['state'], Tone> = { good: 'ok', damaged: 'bad', missing: 'bad', deleted: 'quiet' };

export function BackupStatus({ backup, plain }: { backup: Pick<Backup, 'state'>; plain?: boolean }) {
  return (
    <Status tone={TONES[backup.state]} plain={plain}>
      {texts.backups.state[backup.state]}
    </Status>
  );
}
