import { Progress, Text, Title } from '@mantine/core';
import type { Job } from '@/entities/job';
import { percent } from '@/shared/lib/units';
import { texts } from '@/shared/texts';
import { Surface } from '@/shared/ui';
import classes from './JobPage.module.css';

const words = texts.job.lanes;

/** A lane for each connection, and the table that it works on. */
export function Lanes({ job }: { job: Job }) {
  const lanes = job.progress?.lanes ?? [];
  return (
    <Surface label={words.title}>
      <Title order={2}>{words.title}</Title>
      <Text c="dimmed" size="sm" mb="sm">
        {lanes.length > 0 ? words.hint : words.none}
      </Text>
      <ul className={classes.lanes}>
        {lanes.map((lane, at) => (
          <li key={`${String(at)} ${lane.label}`}>
            <span className={classes.lane} title={lane.label}>
              {lane.label}
            </span>
            <Progress value={lane.percent} size="sm" aria-label={lane.label} />
            <span className="tabular">{percent(lane.percent, lane.percent >= 100)}</span>
          </li>
        ))}
      </ul>
    </Surface>
  );
}
