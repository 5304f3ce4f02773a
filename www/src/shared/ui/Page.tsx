import { Group, Stack, Text, Title } from '@mantine/core';
import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { useNavigationType } from 'react-router-dom';

let last: string | null = null;
let hasMoved = false;

/**
 * Whoever has followed a link is at the new page's heading: a screen reader says it, Tab goes on from there, and it is in
 * view. Not at the first page, which the browser reads out itself, nor when one is already at work in the page.
 */
function arrive(heading: HTMLElement, isBack: boolean): void {
  const { pathname } = window.location;
  const isNew = last !== null && last !== pathname;
  last = pathname;
  hasMoved ||= isNew;
  if (!hasMoved) return;
  if (isNew && !isBack) window.scrollTo(0, 0);
  const { activeElement } = document;
  if (isNew || activeElement === null || activeElement === document.body) heading.focus({ preventScroll: true });
}

/** A page: its title (also of the browser's tab), what can be done on it, and its content. */
export function Page({ title, description, actions, children }: { title: string; description?: ReactNode; actions?: ReactNode; children?: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Holdfast`;
  }, [title]);
  const isBack = useRef(useNavigationType() === 'POP');
  useEffect(() => {
    if (heading.current) arrive(heading.current, isBack.current);
  }, []);
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="flex-start" gap="sm">
        <div>
          <Title order={1} ref={heading} tabIndex={-1}>
            {title}
          </Title>
          {description && (
            <Text c="dimmed" mt={2}>
              {description}
            </Text>
          )}
        </div>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  );
}
