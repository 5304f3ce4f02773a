import { Anchor, Button, Skeleton, Text, Title } from '@mantine/core';
import { Link } from 'react-router-dom';
import type { Database } from '@/entities/database';
import { covers, useAllSchedules } from '@/entities/schedule';
import { howOften } from '@/features/schedule';
import { texts } from '@/shared/texts';
import { ProblemAlert, Status, Surface, When } from '@/shared/ui';
import classes from './DatabasePage.module.css';

const words = texts.databases.schedules;

/** The schedules that back the database up. */
export function Covering({ database }: { database: Database }) {
  const schedules = useAllSchedules();
  const mine = schedules.data?.filter((each) => covers(each, database));
  return (
    <Surface label={words.title}>
      <Title order={2} mb="sm">
        {words.title}
      </Title>
      {!mine && (schedules.error ? <ProblemAlert error={schedules.error} onRetry={() => void schedules.refetch()} /> : <Skeleton h={60} />)}
      {mine?.length === 0 && (
        <>
          <Text c="dimmed" mb="sm">
            {words.none}
          </Text>
          <Button component={Link} to="/backup" variant="default">
            {words.make}
          </Button>
        </>
      )}
      <ul className={classes.schedules}>
        {mine?.map((schedule) => (
          <li key={schedule.id}>
            <Anchor component={Link} to={`/backup/${schedule.id}`}>
              {schedule.name}
            </Anchor>
            <Text c="dimmed" size="sm" component="span">
              {howOften(schedule)}
            </Text>
            {schedule.is_active ? (
              <span>
                {words.next} <When at={schedule.next_run_at} />
              </span>
            ) : (
              <Status tone="quiet" plain>
                {words.paused}
              </Status>
            )}
          </li>
        ))}
      </ul>
    </Surface>
  );
}
