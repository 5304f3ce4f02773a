import { Text, Title } from '@mantine/core';
import { useState } from 'react';
import type { LogLine } from '@/entities/job';
import { clock, utc } from '@/shared/lib/time';
import { texts } from '@/shared/texts';
import { Surface } from '@/shared/ui';
import classes from './Log.module.css';
import { LogTools } from './LogTools';
import { useFollow } from './useFollow';

const words = texts.job.log;
const DRAWN = 2_000;

/** The lines as they come; while it is paused it stands still, whatever comes. */
export function Log({ lines, name, isOver }: { lines: readonly LogLine[]; name: string; isOver: boolean }) {
  const [search, setSearch] = useState('');
  const [seen, setSeen] = useState(lines);
  const follow = useFollow<HTMLDivElement>(lines.length);
  if (follow.isOn && seen !== lines) setSeen(lines);
  const wanted = search.toLowerCase();
  const found = wanted ? lines.filter((line) => line.message.toLowerCase().includes(wanted)) : follow.isOn ? lines : seen;
  const shown = found.slice(-DRAWN);
  return (
    <Surface flush label={words.title}>
      <div className={classes.head}>
        <Title order={2}>{words.title}</Title>
        <LogTools lines={lines} name={name} search={search} onSearch={setSearch} isFollowing={follow.isOn} onFollow={follow.setOn} isOver={isOver} />
      </div>
      <div ref={follow.box} className={classes.lines} onScroll={follow.onScroll} tabIndex={0} role="log" aria-label={words.title} aria-live="off">
        {found.length > shown.length && <p className={classes.note}>{words.hidden(found.length - shown.length)}</p>}
        {shown.map((line) => (
          <Line key={line.seq} line={line} />
        ))}
        {shown.length === 0 && <p className={classes.note}>{lines.length === 0 ? words.empty : words.nothing}</p>}
      </div>
      <Text size="sm" c="dimmed" className={classes.foot}>
        {words.count(found.length, wanted ? lines.length : found.length)}
        {!follow.isOn && !isOver && ` · ${words.paused((lines.at(-1)?.seq ?? 0) - (seen.at(-1)?.seq ?? 0))}`}
      </Text>
    </Surface>
  );
}

function Line({ line }: { line: LogLine }) {
  return (
    <div className={classes.line} data-level={line.level}>
      <time dateTime={line.at} title={utc(line.at)}>
        {clock(line.at)}
      </time>
      <span className={classes.level}>{words.level[line.level]}</span>
      <span className={classes.message}>{line.message}</span>
    </div>
  );
}
