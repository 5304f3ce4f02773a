import { Title } from '@mantine/core';
import type { Job } from '@/entities/job';
import { texts } from '@/shared/texts';
import { Facts, Surface, When } from '@/shared/ui';

const words = texts.job.about;

export function About({ job }: { job: Job }) {
  return (
    <Surface label={words.title}>
      <Title order={2} mb="sm">
        {words.title}
      </Title>
      <Facts
        items={[
          [words.by, job.created_by],
          [words.made, <When key="made" at={job.created_at} as="local" />],
          [words.started, <When key="started" at={job.started_at} as="local" none={words.none} />],
          [words.ended, <When key="ended" at={job.ended_at} as="local" none={words.none} />],
          [words.attempt, String(job.attempt)],
          [words.worker, job.worker ?? '–'],
          [words.pool, job.pool],
          [words.id, job.id],
        ]}
      />
    </Surface>
  );
}
