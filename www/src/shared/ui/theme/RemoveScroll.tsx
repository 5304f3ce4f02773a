import type { ReactNode } from 'react';

/** Stands in for the package that Mantine's Modal locks scrolling with (see vite.config.ts): global.css does it, without a <style>. */
export function RemoveScroll({ children }: { children: ReactNode }) {
  return children;
}

/** What Mantine gives to things beside the bar of scrolling, which stays where it is. */
RemoveScroll.classNames = { fullWidth: '', zeroRight: '' };
