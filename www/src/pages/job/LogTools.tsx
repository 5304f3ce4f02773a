import { Button, TextInput } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy, IconDownload, IconPlayerPause, IconPlayerPlay, IconSearch } from '@tabler/icons-react';
import type { LogLine } from '@/entities/job';
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
  const clipboard = useClipboard({ timeout: 2_000 });
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
        leftSection={clipboard.copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
        onClick={() => {
          clipboard.copy(asText(lines));
        }}
      >
        {clipboard.copied ? words.copied : words.copy}
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
