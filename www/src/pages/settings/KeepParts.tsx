import { Button, Group, NumberInput, Skeleton, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useMay } from '@/entities/me';
import { useReportDays, useSafetyDays, useSaveSettings } from '@/entities/settings';
import { counted } from '@/shared/lib/units';
import { settings as settingsTexts } from '@/shared/texts/settings';
import { between, LeaveGuard, notifyDone, ProblemAlert, submitting } from '@/shared/ui';
import { Part } from './Part';

const { keeping, safety, reports } = settingsTexts;
const MOST = 3650;
type Setting = 'safety_keep_days' | 'report_keep_days';
type Words = typeof safety;

/** For how long there is a backup of what a restore has replaced. */
export function SafetyPart() {
  return <DaysPart name="safety_keep_days" words={safety} days={useSafetyDays()} />;
}

/** For how long there is a report of what was assessed and moved. */
export function ReportsPart() {
  return <DaysPart name="report_keep_days" words={reports} days={useReportDays()} />;
}

function DaysPart({ name, words, days }: { name: Setting; words: Words; days: ReturnType<typeof useSafetyDays> }) {
  const mayChange = useMay('administrator');
  return (
    <Part title={words.title} lead={words.lead}>
      {days.error && days.data === undefined && <ProblemAlert error={days.error} onRetry={() => void days.refetch()} />}
      {days.isPending && <Skeleton h={60} />}
      {days.data !== undefined && (mayChange ? <DaysForm key={days.data} name={name} words={words} days={days.data} /> : <Text>{keeping.kept(counted(days.data, 'day'))}</Text>)}
    </Part>
  );
}

function DaysForm({ name, words, days }: { name: Setting; words: Words; days: number }) {
  const save = useSaveSettings();
  const [error, setError] = useState<unknown>(null);
  const form = useForm<Partial<Record<Setting, number | string>>>({
    initialValues: { [name]: days },
    validate: { [name]: between(1, MOST, keeping.wrong) },
    validateInputOnBlur: true,
  });
  const submit = form.onSubmit(async (values) => {
    setError(
      await submitting(form, async () => {
        await save.mutateAsync({ [name]: Number(values[name]) });
        notifyDone(words.saved(counted(Number(values[name]), 'day')));
      }),
    );
  });
  return (
    <form onSubmit={submit} noValidate>
      <LeaveGuard isDirty={form.isDirty()} />
      <Stack>
        <NumberInput label={keeping.days} description={keeping.daysHint} suffix=" days" min={1} max={MOST} clampBehavior="none" allowDecimal={false} maw="24rem" {...form.getInputProps(name)} />
        <ProblemAlert error={error} />
        <Group>
          <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
            {keeping.save}
          </Button>
          {!form.isDirty() && (
            <Text size="sm" c="dimmed">
              {keeping.unchanged}
            </Text>
          )}
        </Group>
      </Stack>
    </form>
  );
}
