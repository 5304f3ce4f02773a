import { Anchor, Group, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router-dom';
import type { Job } from '@/entities/job';
import { duration } from '@/shared/lib/units';
import { texts } from '@/shared/texts';
import { Count, Duration, Facts, Size, Status, Surface, When } from '@/shared/ui';

const words = texts.job.result;
type Fact = readonly [string, ReactNode];

/** What came of a job that succeeded. */
export function Result({ job }: { job: Job }) {
  const took = job.started_at && job.ended_at ? (Date.parse(job.ended_at) - Date.parse(job.started_at)) / 1000 : null;
  const facts: Fact[] = [...factsOf(job.result ?? {}), [words.took, <Duration key="took" seconds={took} />]];
  return (
    <Surface label={words.title}>
      <Title order={2} mb="sm">
        {words.title}
      </Title>
      <Facts items={facts} />
      <Group gap="md" mt="md">
        {job.kind === 'backup' && (
          <Anchor component={Link} to={`/logs/${job.id}`}>
            {words.backup}
          </Anchor>
        )}
        {job.database_id && (
          <Anchor component={Link} to={`/databases/${job.database_id}`}>
            {job.kind === 'migrate' || job.kind === 'assess' ? words.source_link : words.database_link}
          </Anchor>
        )}
      </Group>
    </Surface>
  );
}

/** Kinds say different things; what one says is shown in this order. */
function factsOf(result: Record<string, unknown>): Fact[] {
  const text = (name: string) => (typeof result[name] === 'string' ? result[name] : null);
  const number = (name: string) => (typeof result[name] === 'number' ? result[name] : null);
  const facts: Fact[] = [];
  const add = (isThere: boolean, name: string, value: ReactNode) => {
    if (isThere) facts.push([name, value]);
  };
  const mode = text('mode');
  const proved = number('tables_proved');
  const tables = number('tables');
  add(text('database') !== null, words.database, text('database'));
  add(mode !== null && text('target') === null, words.mode, mode && (mode === 'swap' || mode === 'new' || mode === 'in_place') ? texts.restore.target.mode[mode].title : mode);
  add(text('since') !== null, words.since, <When at={text('since')} as="local" />);
  add(
    proved !== null,
    words.proved,
    <Status tone={proved === tables ? 'ok' : 'warn'} plain>
      {words.provedOf(proved ?? 0, tables ?? 0)}
    </Status>,
  );
  add(number('rows') !== null, words.rows, <Count value={number('rows')} />);
  add(proved === null && tables !== null, words.tables, <Count value={tables} />);
  add(number('raw_bytes') !== null, words.raw, <Size bytes={number('raw_bytes')} />);
  add(number('size_bytes') !== null, words.size, <Size bytes={number('size_bytes')} />);
  add(text('path') !== null, words.file, text('path'));
  add(number('downtime_s') !== null && mode !== 'new', words.downtime, (number('downtime_s') ?? 0) < 0.1 ? words.noTime : duration(number('downtime_s') ?? 0));
  add(text('kept') !== null, words.replaced, text('kept'));
  add(text('kept_until') !== null, words.keptUntil, <When at={text('kept_until')} as="local" />);
  add(text('safety') !== null, words.safety, text('safety'));
  return facts;
}
