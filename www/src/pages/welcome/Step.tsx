import { Text, Title } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { texts } from '@/shared/texts';
import classes from './WelcomePage.module.css';

const words = texts.welcome;

interface StepProps {
  number: number;
  title: string;
  lead: string;
  done: string | null;
  isNow: boolean;
  children: ReactNode;
}

export function Step({ number, title, lead, done, isNow, children }: StepProps) {
  const state = done !== null ? 'done' : isNow ? 'now' : 'later';
  const said = { done: words.done, now: words.toDo, later: words.later }[state];
  return (
    <li className={classes.step} data-state={state} aria-current={isNow ? 'step' : undefined}>
      <span className={classes.number} aria-hidden>
        {state === 'done' ? <IconCheck size={18} stroke={2.5} /> : number}
      </span>
      <div className={classes.body}>
        <Title order={2}>
          {title}
          <span className="mantine-visually-hidden">, {said}</span>
        </Title>
        {done !== null && <Text c="dimmed">{done}</Text>}
        {isNow && (
          <>
            <Text c="dimmed" mb="md">
              {lead}
            </Text>
            {children}
          </>
        )}
      </div>
    </li>
  );
}
