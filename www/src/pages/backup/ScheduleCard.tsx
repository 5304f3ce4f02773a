import { Anchor, Group, Stack, Text, Title } from '@mantine/core';
import { IconEye, IconPencil, IconPlayerPause, IconPlayerPlay, IconRefresh, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router-dom';
import { useMay } from '@/entities/me';
import { useSwitchSchedule } from '@/entities/schedule';
import type { Schedule } from '@/entities/schedule';
import { DeleteDialog, DisableDialog, howOften, RunDialog, ViewDialog, whatIsCovered, whatIsKept } from '@/features/schedule';
import type { Choices } from '@/features/schedule';
import { capital } from '@/shared/lib/words';
import { texts } from '@/shared/texts';
import { Facts, LateDialog, notifyDone, notifyProblem, RowMenu, Status, Surface, When } from '@/shared/ui';
import type { RowAction } from '@/shared/ui';

const words = texts.schedules;
type Open = 'view' | 'run' | 'disable' | 'delete' | null;

export function ScheduleCard({ schedule, choices }: { schedule: Schedule; choices: Choices }) {
  const mayChange = useMay('operator');
  const [open, setOpen] = useState<Open>(null);
  const actions = useActions(schedule, setOpen, mayChange);
  const dialog = (name: Open) => ({
    opened: open === name,
    onClose: () => {
      setOpen(null);
    },
    schedule,
  });
  return (
    <Surface label={schedule.name}>
      <Stack gap="sm">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <div>
            <Title order={2}>
              <Anchor component={Link} to={`/backup/${schedule.id}`} c="inherit">
                {schedule.name}
              </Anchor>
            </Title>
            <Group gap="sm">
              <Status tone={schedule.is_active ? 'ok' : 'quiet'} plain>
                {schedule.is_active ? words.active : words.inactive}
              </Status>
              <Text size="sm">{capital(howOften(schedule))}</Text>
            </Group>
          </div>
          <RowMenu row={schedule} name={schedule.name} actions={actions} />
        </Group>
        {schedule.description && (
          <Text size="sm" c="dimmed" lineClamp={2}>
            {schedule.description}
          </Text>
        )}
        <Facts
          items={[
            [words.card.of, whatIsCovered(schedule, choices.databases, choices.servers)],
            [words.card.next, schedule.is_active ? <When key="next" at={schedule.next_run_at} as="local" /> : words.card.notRunning],
            [words.card.last, <When key="last" at={schedule.last_run_at} />],
            [words.card.keeps, capital(whatIsKept(schedule))],
            [words.card.to, [choices.storages.find(({ id }) => id === schedule.storage_id)?.name ?? '–', schedule.folder].filter(Boolean).join(' / ')],
          ]}
        />
      </Stack>
      <LateDialog opened={open === 'view'}>{(opened) => <ViewDialog {...dialog('view')} opened={opened} choices={choices} />}</LateDialog>
      <RunDialog {...dialog('run')} />
      <DisableDialog {...dialog('disable')} />
      <DeleteDialog {...dialog('delete')} />
    </Surface>
  );
}

function useActions(schedule: Schedule, setOpen: (open: Open) => void, mayChange: boolean): RowAction<Schedule>[] {
  const navigate = useNavigate();
  const change = useSwitchSchedule();
  const view: RowAction<Schedule> = {
    label: words.menu.view,
    icon: <IconEye size={16} aria-hidden />,
    onClick: () => {
      setOpen('view');
    },
  };
  if (!mayChange) return [view];
  const item = (open: Open) => () => {
    setOpen(open);
  };
  const enable = () => {
    change.mutate(
      { schedule, isActive: true },
      {
        onSuccess: () => {
          notifyDone(words.enabling.done(schedule.name));
        },
        onError: notifyProblem,
      },
    );
  };
  return [
    view,
    { label: words.menu.edit, icon: <IconPencil size={16} aria-hidden />, onClick: () => void navigate(`/backup/${schedule.id}`) },
    { label: words.menu.run, icon: <IconPlayerPlay size={16} aria-hidden />, onClick: item('run') },
    schedule.is_active
      ? { label: words.menu.disable, icon: <IconPlayerPause size={16} aria-hidden />, onClick: item('disable') }
      : { label: words.menu.enable, icon: <IconRefresh size={16} aria-hidden />, onClick: enable },
    { label: words.menu.remove, icon: <IconTrash size={16} aria-hidden />, onClick: item('delete'), isDangerous: true },
  ];
}
