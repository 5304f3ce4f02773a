import { IconCheck } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { texts } from '@/shared/texts';
import classes from './StepList.module.css';

const words = texts.steps;

export interface Step {
  name: string;
  state: 'done' | 'now' | 'next';
}

/** The steps of something, and how far it is. */
export function Steps({ label, steps }: { label: string; steps: readonly Step[] }) {
  return (
    <ol className={classes.steps} aria-label={label}>
      {steps.map(({ name, state }, at) => (
        <li key={name} data-state={state} aria-current={state === 'now' ? 'step' : undefined}>
          <span className={classes.dot} aria-hidden>
            {state === 'done' ? <IconCheck size={14} stroke={3} /> : at + 1}
          </span>
          <span>{name}</span>
          <span className="mantine-visually-hidden">({words[state]})</span>
        </li>
      ))}
    </ol>
  );
}

/** The steps of a wizard. When it goes to another one, the focus goes to that one's heading: a screen reader says it, and Tab goes on from there. */
export function StepList({ label, names, current }: { label: string; names: readonly string[]; current: number }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const before = useRef(current);
  useEffect(() => {
    if (before.current !== current) heading.current?.focus({ preventScroll: true });
    before.current = current;
  }, [current]);
  return (
    <div>
      <Steps label={label} steps={names.map((name, at) => ({ name, state: at < current ? 'done' : at === current ? 'now' : 'next' }))} />
      <h2 ref={heading} tabIndex={-1} className="mantine-visually-hidden">
        {words.at(current + 1, names.length, names[current] ?? '')}
      </h2>
    </div>
  );
}
