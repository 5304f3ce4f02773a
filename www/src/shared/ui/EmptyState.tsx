import { Stack, Text, Title } from '@mantine/core';
import type { ComponentType, ReactNode } from 'react';
import classes from './EmptyState.module.css';

interface EmptyStateProps {
  icon: ComponentType<{ size?: number; stroke?: number }>;
  title: string;
  /** What to do next. */
  children: ReactNode;
  /** A button or link that does it. */
  action?: ReactNode;
}

/** Where nothing is: what would stand here, and what to do next. */
export function EmptyState({ icon: Icon, title, children, action }: EmptyStateProps) {
  return (
    <Stack align="center" gap="xs" className={classes.empty}>
      <span className={classes.icon} aria-hidden>
        <Icon size={28} stroke={1.6} />
      </span>
      <Title order={2}>{title}</Title>
      <Text c="dimmed" ta="center" maw="34rem" component="div">
        {children}
      </Text>
      {action && <div className={classes.action}>{action}</div>}
    </Stack>
  );
}
