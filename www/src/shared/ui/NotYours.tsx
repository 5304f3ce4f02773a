import { IconLock } from '@tabler/icons-react';
import { EmptyState } from './EmptyState';
import { Surface } from './Surface';

/** In place of what needs a role: which one, and whom to ask. */
export function NotYours({ words }: { words: { title: string; body: string } }) {
  return (
    <Surface>
      <EmptyState icon={IconLock} title={words.title}>
        {words.body}
      </EmptyState>
    </Surface>
  );
}
