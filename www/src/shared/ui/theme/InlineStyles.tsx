import { stylesToString } from '@mantine/core';
import { useInsertionEffect } from 'react';
import { addStyleSheet } from './styleSheets';

/** Stands in for Mantine's own (see vite.config.ts): the same rules, in a constructed style sheet. */
export function InlineStyles(props: Parameters<typeof stylesToString>[0]): null {
  const text = stylesToString(props);
  useInsertionEffect(() => addStyleSheet(text), [text]);
  return null;
}
