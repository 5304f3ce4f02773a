import { Button, TextInput } from '@mantine/core';
import { IconCheck, IconCopy, IconDownload, IconPlayerPause, IconPlayerPlay, IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import type { LogLine } from '@/entities/job';
import { copyText } from '@/shared/lib/clipboard';
import { texts } from '@/shared/texts';
import classes from './Log.module.css';

const words = texts.job.log;

interface LogToolsProps {
  lines: readonly LogLine[];
  name: string;
  search: string;
  onSearch: (text: string) => void;
  isFollowing: boolean;
  onFollow: (isOn: boolean) => void;
  isOver: boolean;
}

/** Copy and download give all lines, with the exact UTC. */
const asText = (lines: readonly LogLine[]) => lines.map((line) => `${line.at} ${line.level.padEnd(7)} ${line.message}\n`).join('');

export function LogTools({ lines, name, search, onSearch, isFollowing, onFollow, isOver }: LogToolsProps) {
  const [copied, setCopied] = useState<keyof typeof words.copies>('no');
  const copy = async () => {
    setCopied((await copyText(asText(lines))) ? 'yes' : 'failed');
    setTimeout(() => {
      setCopied('no');
    }, 2_000);
  };
  return (
    <div className={classes.tools}>
      <TextInput
        type="search"
        size="xs"
        aria-label={words.search}
        placeholder={words.search}
        value={search}
        leftSection={<IconSearch size={14} aria-hidden />}
        onChange={(event) => {
          onSearch(event.currentTarget.value);
        }}
      />
      {!isOver && (
        <Button
          size="xs"
          variant="default"
          leftSection={isFollowing ? <IconPlayerPause size={14} aria-hidden /> : <IconPlayerPlay size={14} aria-hidden />}
          onClick={() => {
            onFollow(!isFollowing);
          }}
        >
          {isFollowing ? words.pause : words.follow}
        </Button>
      )}
      <Button
        size="xs"
        variant="default"
        leftSection={copied === 'yes' ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
        onClick={() => void copy()}
      >
        <span aria-live="polite">{words.copies[copied]}</span>
      </Button>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconDownload size={14} aria-hidden />}
        onClick={() => {
          download(`${name}.log`, asText(lines));
        }}
      >
        {words.download}
      </Button>
    </div>
  );
}

function download(name: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  link.download = name;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(link.href);
  }, 1_000);
}
