import { Button, Group, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useChangeSchedule, useCreateSchedule } from '@/entities/schedule';
import type { Schedule } from '@/entities/schedule';
import { asProblem } from '@/shared/api';
import { texts } from '@/shared/texts';
import { LeaveGuard, notifyDone, ProblemAlert, submitting } from '@/shared/ui';
import { RunDialog } from './dialogs';
import classes from './Schedule.module.css';
import { General, Keep, Often, What, Where } from './sections';
import type { Choices } from './useChoices';
import { bodyOf, newValues, rules, valuesOf } from './values';
import type { Values } from './values';

const words = texts.schedules.form;
const only = (things: readonly { id: string }[]) => (things.length === 1 ? things[0]?.id : undefined);

interface ScheduleFormProps {
  /** Absent: a new one. */
  schedule?: Schedule;
  choices: Choices;
  onSaved?: (schedule: Schedule) => void;
}

/** The settings of a schedule. What somebody else saves meanwhile is taken over while nothing is changed here. */
export function ScheduleForm({ schedule, choices, onSaved }: ScheduleFormProps) {
  const [base, setBase] = useState(schedule);
  const [error, setError] = useState<unknown>(null);
  const create = useCreateSchedule();
  const change = useChangeSchedule();
  const form = useForm<Values>({
    initialValues: schedule ? valuesOf(schedule) : newValues({ database: only(choices.databases), storage: only(choices.storages), key: only(choices.keys) }),
    validate: rules(schedule?.options.unencrypted === true),
    validateInputOnBlur: true,
  });
  const isDirty = form.isDirty();
  const rebase = (to: Schedule) => {
    setBase(to);
    setError(null);
    form.setInitialValues(valuesOf(to));
    form.setValues(valuesOf(to));
    form.resetDirty(valuesOf(to));
  };
  useEffect(() => {
    if (schedule && base && schedule.version > base.version && !isDirty) rebase(schedule);
  });
  const save = form.onSubmit(async (values) => {
    setError(
      await submitting(form, async () => {
        const body = bodyOf(values);
        const saved = base ? await change.mutateAsync({ schedule: base, body: { ...body, is_active: base.is_active } }) : await create.mutateAsync({ ...body, is_active: true });
        rebase(saved);
        notifyDone(words.saved(saved.name));
        onSaved?.(saved);
      }),
    );
  });
  const isStale = error !== null && asProblem(error).isStale && schedule && base && schedule.version > base.version;
  return (
    <form onSubmit={save} noValidate aria-label={words.settings}>
      <LeaveGuard isDirty={isDirty} />
      <Stack>
        <General form={form} />
        <What form={form} choices={choices} />
        <Often form={form} startsAt={base?.starts_at} isActive={base?.is_active ?? true} />
        <Keep form={form} />
        <Where form={form} choices={choices} />
        <ProblemAlert
          error={error}
          actions={
            isStale && (
              <Button size="xs" variant="default" onClick={() => { rebase(schedule); }}>
                {words.stale}
              </Button>
            )
          }
        />
        <Foot schedule={base} isDirty={isDirty} isBusy={create.isPending || change.isPending} onDiscard={form.reset} />
      </Stack>
    </form>
  );
}

interface FootProps {
  schedule: Schedule | undefined;
  isDirty: boolean;
  isBusy: boolean;
  onDiscard: () => void;
}

/** Save is there only when there is something to save; a backup is taken as the saved settings say, so not before. */
function Foot({ schedule, isDirty, isBusy, onDiscard }: FootProps) {
  const [isRunning, running] = useDisclosure(false);
  return (
    <div className={classes.foot}>
      {schedule && isDirty && (
        <Text size="sm" id="why-no-backup" mb="xs" role="status">
          {words.unsaved}
        </Text>
      )}
      <Group justify="space-between">
        {schedule ? (
          <Button
            variant="default"
            leftSection={<IconPlayerPlay size={16} aria-hidden />}
            disabled={isDirty}
            aria-describedby={isDirty ? 'why-no-backup' : undefined}
            onClick={running.open}
          >
            {words.backupNow}
          </Button>
        ) : (
          <span />
        )}
        <Group gap="xs">
          {schedule && isDirty && (
            <Button variant="subtle" color="gray" onClick={onDiscard}>
              {words.discard}
            </Button>
          )}
          <Button type="submit" disabled={schedule !== undefined && !isDirty} loading={isBusy}>
            {schedule ? words.save : words.create}
          </Button>
        </Group>
      </Group>
      {schedule && <RunDialog opened={isRunning} onClose={running.close} schedule={schedule} />}
    </div>
  );
}
