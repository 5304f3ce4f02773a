import { Box } from '@mantine/core';
import type { BoxProps } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './Surface.module.css';

/** A calm card: the ground on which tables, forms and facts stand. `flush` has no padding, for a table. */
export function Surface({ children, flush = false, label, ...box }: BoxProps & { children: ReactNode; flush?: boolean; label?: string; id?: string }) {
  return (
    <Box component="section" aria-label={label} className={classes.surface} data-flush={flush || undefined} {...box}>
      {children}
    </Box>
  );
}
