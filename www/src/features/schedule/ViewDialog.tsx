import { Button, Group, Modal, Stack } from '@mantine/core';
import { Link } from 'react-router-dom';
import { IfMay } from '@/entities/me';
import type { Schedule } from '@/entities/schedule';
import { texts } from '@/shared/texts';
import { ScheduleFacts } from './ScheduleFacts';
import type { Choices } from './useChoices';

const words = texts.schedules.view;

export default function ViewDialog({ opened, onClose, schedule, choices }: { opened: boolean; onClose: () => void; schedule: Schedule; choices: Choices }) {
  return (
    <Modal opened={opened} onClose={onClose} title={schedule.name} size="lg">
      <Stack>
        <ScheduleFacts schedule={schedule} choices={choices} />
        <Group justify="flex-end">
          <Button component={Link} to={`/logs?schedule_id=${schedule.id}`} variant="default">
            {words.logs}
          </Button>
          <IfMay role="operator">
            <Button component={Link} to={`/backup/${schedule.id}`}>
              {words.edit}
            </Button>
          </IfMay>
        </Group>
      </Stack>
    </Modal>
  );
}
