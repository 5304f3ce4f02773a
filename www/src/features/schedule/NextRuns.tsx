import { List, Text } from '@mantine/core';
import { useMemo } from 'react';
import { utc } from '@/shared/lib/time';
import { texts } from '@/shared/texts';
import { preview } from './values';
import type { Values } from './values';

const words = texts.schedules.form;

/** When it would run, as the form says at the moment. */
export function NextRuns({ values, startsAt, isActive, isValid }: { values: Values; startsAt: string | undefined; isActive: boolean; isValid: boolean }) {
  const { often, hours, cron, time_zone } = values;
  // Not at each letter of other fields: cron walks minutes.
  const runs = useMemo(
    () => {
      const now = new Date();
      return isValid ? preview({ often, hours, cron, time_zone } as Values, startsAt ?? now.toISOString(), now) : null;
    },
    [often, hours, cron, time_zone, startsAt, isValid],
  );
  if (runs === null) return null;
  const zone = often === 'cron' ? time_zone : undefined;
  return (
    <div role="group" aria-label={words.preview}>
      <Text size="sm" fw={500}>
        {words.preview} {zone && words.previewZone(zone)} {!isActive && words.previewOff}
      </Text>
      {runs.length === 0 ? (
        <Text size="sm" c="var(--hf-bad)">
          {words.never}
        </Text>
      ) : (
        <List size="sm" c="dimmed" className="tabular">
          {runs.map((run) => (
            <List.Item key={run.toISOString()}>
              <time dateTime={run.toISOString()} title={utc(run)}>
                {run.toLocaleString('en-GB', { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', timeZone: zone })}
              </time>
            </List.Item>
          ))}
        </List>
      )}
    </div>
  );
}
