import { IconAlertTriangle, IconCircleCheck, IconCircleDashed, IconCircleX, IconLoader2 } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './Status.module.css';

export type Tone = 'ok' | 'warn' | 'bad' | 'busy' | 'quiet';

const ICONS = { ok: IconCircleCheck, warn: IconAlertTriangle, bad: IconCircleX, busy: IconLoader2, quiet: IconCircleDashed };

/** A state as an icon and a word: colour is never the only sign. `plain` has no ground, for tables. */
export function Status({ tone, children, plain = false, icon }: { tone: Tone; children: ReactNode; plain?: boolean; icon?: ReactNode }) {
  const Icon = ICONS[tone];
  return (
    <span className={classes.status} data-tone={tone} data-plain={plain || undefined}>
      {icon ?? <Icon size={16} stroke={2} aria-hidden className={classes.icon} />}
      <span>{children}</span>
    </span>
  );
}
