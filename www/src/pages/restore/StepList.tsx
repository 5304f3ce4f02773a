import { IconCheck } from '@tabler/icons-react';
import { texts } from '@/shared/texts';
import classes from './RestorePage.module.css';

const words = texts.restore.steps;
const NAMES = [words.backup, words.target, words.check];

export function StepList({ current }: { current: number }) {
  return (
    <ol className={classes.steps} aria-label={words.label}>
      {NAMES.map((name, at) => (
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
