import { texts } from '@/shared/texts';
import classes from './Brand.module.css';

export function Brand() {
  return (
    <span className={classes.brand}>
      <svg width="28" height="28" viewBox="0 0 32 32" aria-hidden>
        <rect width="32" height="32" rx="8" fill="var(--mantine-color-tide-8)" />
        <path d="M10 7v18M22 7v18M10 16h12" stroke="#fff" strokeWidth="4" strokeLinecap="round" fill="none" />
      </svg>
      {texts.shell.brand}
    </span>
  );
}
