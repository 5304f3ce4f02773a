import { Button, Group, Modal, NumberInput, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useChangeDatabase } from '@/entities/database';
import type { Database } from '@/entities/database';
import { texts } from '@/shared/texts';
import { between, notifyDone, ProblemAlert, submitting } from '@/shared/ui';

const words = texts.databases.alarmForm;

interface DialogProps {
  opened: boolean;
  onClose: () => void;
  database: Database;
}

export function AlarmDialog(props: DialogProps) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={words.title(props.database.name)}>
      <AlarmForm {...props} />
    </Modal>
  );
}

function AlarmForm({ onClose, database }: DialogProps) {
  const change = useChangeDatabase();
  const [error, setError] = useState<unknown>(null);
  const form = useForm<{ hours: number | string }>({
    initialValues: { hours: database.alarm_after_s / 3600 },
    validate: { hours: between(1, 9600, words.wrong) },
  });
  const save = form.onSubmit(async ({ hours }) => {
    setError(
      await submitting(form, async () => {
        await change.mutateAsync({ database, body: { alarm_after_s: Math.round(Number(hours) * 3600) } });
        notifyDone(words.done);
        onClose();
      }),
    );
  });
  return (
    <form onSubmit={save} noValidate>
      <Stack>
        <NumberInput
          label={words.after}
          description={words.hint}
          suffix={` ${words.hours.toLowerCase()}`}
          min={1}
          max={9600}
          clampBehavior="none"
          data-autofocus
          {...form.getInputProps('hours')}
        />
        <ProblemAlert error={error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {texts.confirm.cancel}
          </Button>
          <Button type="submit" loading={change.isPending} disabled={!form.isDirty()}>
            {texts.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
