import { notifications } from '@mantine/notifications';
import { IconCheck, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { asProblem } from '@/shared/api/problem';

/** A short word that something is done; it goes by itself. */
export function notifyDone(message: ReactNode, title?: string): void {
  notifications.show({ message, title, color: 'green', icon: <IconCheck size={18} aria-hidden /> });
}

/** For actions without a form or dialog of their own that could show a ProblemAlert. */
export function notifyProblem(error: unknown): void {
  const problem = asProblem(error);
  notifications.show({
    title: problem.title,
    message: [problem.detail, problem.todo, `(${problem.code})`].filter(Boolean).join(' — '),
    color: 'red',
    icon: <IconX size={18} aria-hidden />,
    autoClose: 12_000,
  });
}
