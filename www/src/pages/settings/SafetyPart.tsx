import { Button, Group, NumberInput, Skeleton, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useMay } from '@/entities/me';
import { useSafetyDays, useSaveSettings } from '@/entities/settings';
import { counted } from '@/shared/lib/units';
import { texts } from '@/shared/texts';
import { between, LeaveGuard, notifyDone, ProblemAlert, submitting } from '@/shared/ui';
import { Part } from './Part';

const words = texts.settings.safety;
const MOST = 3650;

/** For how long there is a backup of what a restore has replaced. */
export function SafetyPart() {
  const days = useSafetyDays();
  const mayChange = useMay('administrator');
  return (
    <Part title={words.title} lead={words.lead}>
      {days.error && days.data === undefined && <ProblemAlert error={days.error} onRetry={() => void days.refetch()} />}
      {days.isPending && <Skeleton h={60} />}
      {days.data !== undefined && (mayChange ? <DaysForm key={days.data} days={days.data} /> : <Text>{words.kept(counted(days.data, 'day'))}</Text>)}
    </Part>
  );
}

function DaysForm({ days }: { days: number }) {
  const save = useSaveSettings();
  const [error, setError] = useState<unknown>(null);
  const form = useForm<{ safety_keep_days: number | string }>({
    initialValues: { safety_keep_days: days },
    validate: { safety_keep_days: between(1, MOST, words.wrong) },
    validateInputOnBlur: true,
  });
  const submit = form.onSubmit(async ({ safety_keep_days }) => {
    setError(
      await submitting(form, async () => {
        await save.mutateAsync({ safety_keep_days: Number(safety_keep_days) });
        notifyDone(words.saved(counted(Number(safety_keep_days), 'day')));
      }),
    );
  });
  return (
    <form onSubmit={submit} noValidate>
      <LeaveGuard isDirty={form.isDirty()} />
      <Stack>
        <NumberInput label={words.days} description={words.daysHint} suffix=" days" min={1} max={MOST} clampBehavior="none" allowDecimal={false} maw="24rem" {...form.getInputProps('safety_keep_days')} />
        <ProblemAlert error={error} />
        <Group>
          <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
            {words.save}
          </Button>
          {!form.isDirty() && (
            <Text size="sm" c="dimmed">
              {words.unchanged}
            </Text>
          )}
        </Group>
      </Stack>
    </form>
  );
}
