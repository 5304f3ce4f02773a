import { Button } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { copyText } from '@/shared/lib/clipboard';
import { texts } from '@/shared/texts';
import classes from './CopyText.module.css';

/** Text to take elsewhere: a secret, a snippet. `wrap` is for one long word, lines of code scroll. */
export function CopyText({ label, text, wrap = false }: { label: string; text: string; wrap?: boolean }) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => {
      setCopied(false);
    }, 2_000);
    return () => {
      clearTimeout(timer);
    };
  }, [isCopied]);
  return (
    <div className={classes.box}>
      <pre className={classes.text} data-wrap={wrap || undefined} tabIndex={0} role="group" aria-label={label}>
        {text}
      </pre>
      <Button
        size="xs"
        variant="default"
        aria-label={texts.copy.of(label)}
        leftSection={isCopied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
        onClick={() => {
          void copyText(text).then(setCopied);
        }}
      >
        <span aria-live="polite">{isCopied ? texts.copy.done : texts.copy.verb}</span>
      </Button>
    </div>
  );
}
