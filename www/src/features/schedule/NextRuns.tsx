import { List, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { cronWords, useSchedulePreview } from '@/entities/schedule';
import { asProblem } from '@/shared/api';
import { utc } from '@/shared/lib/time';
import { texts } from '@/shared/texts';
import { timingOf } from './values';
import type { Values } from './values';

const words = texts.schedules.form;
const SHOWN = 4;
const SETTLED_MS = 400; // not at each letter

interface NextRunsProps {
  values: Values;
  startsAt: string | undefined;
  isActive: boolean;
  isValid: boolean;
}

/** What the form means, in words, and when it would run, as the service itself reckons it. */
export function NextRuns({ values, startsAt, isActive, isValid }: NextRunsProps) {
  const timing = JSON.stringify(timingOf(values, startsAt));
  const [settled] = useDebouncedValue(timing, SETTLED_MS);
  const preview = useSchedulePreview(JSON.parse(settled) as ReturnType<typeof timingOf>, isValid && timing === settled);
  if (!isValid) return null;
  const zone = values.often === 'cron' ? values.time_zone : undefined;
  const runs = timing === settled ? preview.data?.runs : undefined;
  const said = values.often === 'cron' ? cronWords(values.cron) : null;
  return (
    <div role="group" aria-label={words.preview}>
      {said !== null && (
        <Text size="sm" mb={4}>
          {words.means} <b>{said}</b>.
        </Text>
      )}
      <Text size="sm" fw={500}>
        {words.preview} {zone && words.previewZone(zone)} {!isActive && words.previewOff}
      </Text>
      {preview.error && (
        <Text size="sm" c="var(--hf-bad)">
          {asProblem(preview.error).detail}
        </Text>
      )}
      {runs?.length === 0 && (
        <Text size="sm" c="var(--hf-bad)">
          {words.never}
        </Text>
      )}
      <List size="sm" c="dimmed" className="tabular">
        {runs?.slice(0, SHOWN).map((run) => (
          <List.Item key={run}>
            <time dateTime={run} title={utc(run)}>
              {new Date(run).toLocaleString('en-GB', { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', timeZone: zone })}
            </time>
          </List.Item>
        ))}
      </List>
    </div>
  );
}
