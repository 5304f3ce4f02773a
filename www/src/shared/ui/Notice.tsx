import { Text } from '@mantine/core';
import type { ComponentType, ReactNode } from 'react';
import classes from './Notice.module.css';

interface NoticeProps {
  icon: ComponentType<{ size?: number; className?: string | undefined; 'aria-hidden'?: boolean }>;
  title: string;
  children: ReactNode;
  /** The button that does something about it. */
  action?: ReactNode;
}

/** How something stands, above what it is of, and what can be done about it. */
export function Notice({ icon: Icon, title, children, action }: NoticeProps) {
  return (
    <section aria-label={title} className={classes.notice}>
      <Icon size={22} aria-hidden className={classes.icon} />
      <div className={classes.text}>
        <Text fw={600}>{title}</Text>
        {children}
      </div>
      {action}
    </section>
  );
}
