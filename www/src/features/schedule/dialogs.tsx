import { Anchor } from '@mantine/core';
import { useState } from 'react';
import { useDeleteSchedule, useRunSchedule, useSwitchSchedule } from '@/entities/schedule';
import type { Schedule } from '@/entities/schedule';
import { newKey } from '@/shared/api';
import { texts } from '@/shared/texts';
import { ConfirmDialog, notifyDone } from '@/shared/ui';

interface DialogProps {
  opened: boolean;
  onClose: () => void;
  schedule: Schedule;
}

/** A notification is drawn outside of the router: its link is one of the browser's. */
export function tellJobs(ids: readonly string[]): void {
  const words = texts.schedules.running;
  if (ids.length === 0) {
    notifyDone(words.nothing);
    return;
  }
  notifyDone(
    <Anchor href={ids.length === 1 ? `/jobs/${ids[0] ?? ''}` : '/jobs'} size="sm">
      {words.look}
    </Anchor>,
    words.done(ids.length),
  );
}

export function RunDialog({ opened, onClose, schedule }: DialogProps) {
  const words = texts.schedules.running;
  const run = useRunSchedule();
  const [key, setKey] = useState(newKey);
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={words.title(schedule.name)}
      confirm={words.confirm}
      onConfirm={async () => {
        const { job_ids } = await run.mutateAsync({ id: schedule.id, key });
        setKey(newKey());
        tellJobs(job_ids);
      }}
    >
      {words.body}
    </ConfirmDialog>
  );
}

export function DisableDialog({ opened, onClose, schedule }: DialogProps) {
  const words = texts.schedules.disabling;
  const change = useSwitchSchedule();
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={words.title(schedule.name)}
      confirm={texts.schedules.menu.disable}
      onConfirm={async () => {
        await change.mutateAsync({ schedule, isActive: false });
        notifyDone(words.done(schedule.name));
      }}
    >
      {words.body}
    </ConfirmDialog>
  );
}

export function DeleteDialog({ opened, onClose, schedule, onDeleted }: DialogProps & { onDeleted?: () => void }) {
  const words = texts.schedules.removing;
  const remove = useDeleteSchedule();
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={words.title(schedule.name)}
      confirm={texts.schedules.menu.remove}
      isDangerous
      onConfirm={async () => {
        await remove.mutateAsync(schedule);
        notifyDone(words.done(schedule.name));
        onDeleted?.();
      }}
    >
      {words.body}
    </ConfirmDialog>
  );
}
