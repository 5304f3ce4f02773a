import { Anchor, Skeleton, Stack, Table, Text } from '@mantine/core';
import { Link } from 'react-router-dom';
import type { Backup } from '@/entities/backup';
import { useNotedOf } from '@/entities/log';
import type { LogJob } from '@/entities/log';
import { clock } from '@/shared/lib/time';
import { logs as logTexts } from '@/shared/texts/logs';
import { ProblemAlert, Status, When } from '@/shared/ui';
import classes from './LogPage.module.css';

const words = logTexts.page;

export function Log({ job }: { job: LogJob | null }) {
  if (!job) return <Text>{words.logNone}</Text>;
  return (
    <Stack gap="sm">
      <ol className={classes.lines} aria-label={words.log}>
        {job.log.map((line) => (
          <li key={line.seq} data-level={line.level}>
            <time dateTime={line.at}>{clock(line.at)}</time>
            <span>{words.levels[line.level]}</span>
            <span>{line.message}</span>
          </li>
        ))}
      </ol>
      <div>
        <Anchor component={Link} to={`/jobs/${job.id}`}>
          {words.job}
        </Anchor>
      </div>
    </Stack>
  );
}

const TONES = { success: 'ok', failure: 'bad', denied: 'warn' } as const;

const isId = (id: string | null | undefined) => typeof id === 'string';

/** Who did what to the job, to its file, and to what it was about. */
export function Noted({ job, backup }: { job: LogJob | null; backup: Backup | null }) {
  const own = [job?.id, backup?.id].filter(isId);
  const about = [job?.database_id, job?.backup_id].filter(isId).filter((id) => !own.includes(id));
  const noted = useNotedOf(own, about, job);
  if (!noted.data) return noted.error ? <ProblemAlert error={noted.error} onRetry={() => void noted.refetch()} /> : <Skeleton h={80} />;
  if (noted.data.length === 0) return <Text>{words.auditNone}</Text>;
  const c = words.auditColumns;
  return (
    <div className={classes.scroll} tabIndex={0} role="group" aria-label={words.audit}>
      <Table aria-label={words.audit} verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            {[c.at, c.actor, c.action, c.outcome, c.from].map((title) => (
              <Table.Th key={title}>{title}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {noted.data.map((event) => (
            <Table.Tr key={event.id}>
              <Table.Td>
                <When at={event.at} as="local" />
              </Table.Td>
              <Table.Td>{event.actor}</Table.Td>
              <Table.Td>{event.action}</Table.Td>
              <Table.Td>
                <Status tone={TONES[event.outcome]} plain>
                  {words.auditOutcome[event.outcome]}
                </Status>
              </Table.Td>
              <Table.Td>{event.address || '–'}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
