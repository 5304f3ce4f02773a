import { IconCheck } from '@tabler/icons-react';
import classes from './StepList.module.css';

/** The steps of a wizard, and at which of them one is. */
export function StepList({ label, names, current }: { label: string; names: readonly string[]; current: number }) {
  return (
    <ol className={classes.steps} aria-label={label}>
      {names.map((name, at) => (
        <li key={name} data-state={at < current ? 'done' : at === current ? 'now' : 'next'} aria-current={at === current ? 'step' : undefined}>
          <span className={classes.dot} aria-hidden>
            {at < current ? <IconCheck size={14} stroke={3} /> : at + 1}
          </span>
          {name}
        </li>
      ))}
    </ol>
  );
}
