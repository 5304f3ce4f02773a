import { Code } from '@mantine/core';
import type { Schedule } from '@/entities/schedule';
import { capital } from '@/shared/lib/words';
import { texts } from '@/shared/texts';
import { Facts, When } from '@/shared/ui';
import { howOften, whatIsCovered, whatIsKept } from './describe';
import type { Choices } from './useChoices';

const words = texts.schedules.view;

/** Everything about a schedule; also on its page. */
export function ScheduleFacts({ schedule, choices }: { schedule: Schedule; choices: Choices }) {
  const keyNames = schedule.key_ids.map((id) => choices.keys.find((key) => key.id === id)?.name ?? id).join(', ');
  return (
    <Facts
      items={[
        [words.id, <Code key="id">{schedule.id}</Code>],
        [words.name, schedule.name],
        [words.description, schedule.description || words.none],
        [words.isActive, schedule.is_active ? words.yes : words.no],
        [words.interval, capital(howOften(schedule))],
        [words.databases, whatIsCovered(schedule, choices.databases, choices.servers, 50)],
        [words.storage, choices.storages.find(({ id }) => id === schedule.storage_id)?.name ?? '–'],
        [words.folder, schedule.folder || words.top],
        [words.prefix, schedule.prefix || words.none],
        [words.keys, keyNames || (schedule.options.unencrypted ? texts.schedules.unencrypted : words.none)],
        [words.keep, capital(whatIsKept(schedule))],
        [words.pool, schedule.pool ?? words.anyPool],
        [words.next, schedule.is_active ? <When key="next" at={schedule.next_run_at} as="local" /> : texts.schedules.card.notRunning],
        [words.last, <When key="last" at={schedule.last_run_at} as="local" />],
        [words.starts, <When key="starts" at={schedule.starts_at} as="local" />],
        [words.createdAt, <When key="created" at={schedule.created_at} as="local" />],
        [words.createdBy, schedule.created_by],
      ]}
    />
  );
}
