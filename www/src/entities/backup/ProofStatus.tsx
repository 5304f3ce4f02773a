import { IconChecks, IconRosetteDiscountCheck } from '@tabler/icons-react';
import { texts } from '@/shared/texts';
import { Status } from '@/shared/ui';
import type { Backup } from './queries';

const LOOKS = {
  'rows counted': { tone: 'quiet', icon: undefined },
  verified: { tone: 'ok', icon: <IconChecks size={16} aria-hidden /> },
  restored: { tone: 'ok', icon: <IconRosetteDiscountCheck size={16} aria-hidden /> },
} as const;

/** How far it is proved that the backup can be restored. */
export function ProofStatus({ proof, plain }: { proof: Backup['proof']; plain?: boolean }) {
  const { tone, icon } = LOOKS[proof];
  return (
    <Status tone={tone} icon={icon} plain={plain}>
      {texts.backups.proof[proof]}
    </Status>
  );
}
