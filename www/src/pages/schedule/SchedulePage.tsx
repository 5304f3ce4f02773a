import { Anchor, Skeleton } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { Link, useNavigate, useParams } from 'react-router-dom';
import { useMay } from '@/entities/me';
import { useSchedule } from '@/entities/schedule';
import type { Schedule } from '@/entities/schedule';
import { howOften, ScheduleFacts, ScheduleForm, useChoices } from '@/features/schedule';
import { capital } from '@/shared/lib/words';
import { texts } from '@/shared/texts';
import { NotYours, Page, ProblemAlert, Status, Surface } from '@/shared/ui';
import classes from './SchedulePage.module.css';

const words = texts.schedules;

/** /backup/new, and /backup/:id: the settings of a schedule; for a viewer what they are. */
export function SchedulePage() {
  const { id = 'new' } = useParams();
  const isNew = id === 'new';
  const schedule = useSchedule(isNew ? undefined : id);
  const title = isNew ? words.form.newTitle : (schedule.data?.name ?? words.title);
  const description = schedule.data && (
    <>
      <Status tone={schedule.data.is_active ? 'ok' : 'quiet'} plain>
        {schedule.data.is_active ? words.active : words.inactive}
      </Status>{' '}
      · {capital(howOften(schedule.data))}
    </>
  );
  return (
    <>
      <Anchor component={Link} to="/backup" size="sm" className={classes.back}>
        <IconArrowLeft size={14} aria-hidden /> {words.title}
      </Anchor>
      <Page title={title} description={description}>
        <ProblemAlert error={schedule.data ? null : schedule.error} onRetry={() => void schedule.refetch()} />
        {isNew ? <Content /> : schedule.data && <Content key={id} schedule={schedule.data} />}
      </Page>
    </>
  );
}

function Content({ schedule }: { schedule?: Schedule }) {
  const { choices, error } = useChoices();
  const mayChange = useMay('operator');
  const navigate = useNavigate();
  if (!schedule && !mayChange) return <NotYours words={words.viewer} />;
  if (!choices) return error ? <ProblemAlert error={error} /> : <Skeleton h={400} radius="md" />;
  return (
    <div className={schedule && mayChange ? classes.both : classes.alone}>
      {mayChange && (
        <ScheduleForm
          schedule={schedule}
          choices={choices}
          onSaved={
            schedule
              ? undefined
              : () => {
                  void navigate('/backup');
                }
          }
        />
      )}
      {schedule && (
        <Surface label={words.menu.view}>
          <ScheduleFacts schedule={schedule} choices={choices} />
        </Surface>
      )}
    </div>
  );
}
