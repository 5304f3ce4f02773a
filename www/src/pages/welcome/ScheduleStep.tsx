import { Button, Grid, Group, NumberInput, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import type { Database } from '@/entities/database';
import { useCreateSchedule } from '@/entities/schedule';
import type { Storage } from '@/entities/storage';
import { texts } from '@/shared/texts';
import { between, ProblemAlert, required, submitting } from '@/shared/ui';

const words = texts.welcome.schedule;

/** The little that matters for a first one; the rest is on DB Backup. */
export function ScheduleStep({ databases, storage, keyId }: { databases: readonly Database[]; storage: Storage; keyId: string }) {
  const create = useCreateSchedule();
  const [error, setError] = useState<unknown>(null);
  const form = useForm<{ name: string; every: string | null; keep_count: number | string }>({
    initialValues: { name: words.firstName, every: '86400', keep_count: 14 },
    validate: { name: required(words.nameMissing), keep_count: between(1, 100_000, words.keepWrong) },
  });
  const save = form.onSubmit(async ({ name, every, keep_count }) => {
    const body = {
      name,
      is_active: true,
      time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      interval_s: Number(every),
      keep_count: Number(keep_count),
      storage_id: storage.id,
      key_ids: [keyId],
      database_ids: databases.slice(0, 1000).map(({ id }) => id),
    };
    setError(await submitting(form, () => create.mutateAsync(body)));
  });
  return (
    <form onSubmit={save} noValidate>
      <Stack>
        <TextInput label={words.name} maxLength={200} autoComplete="off" {...form.getInputProps('name')} />
        <Grid>
          <Grid.Col span={{ base: 12, sm: 6 }}>
            <Select
              label={words.every}
              data={Object.entries(words.everyOptions).map(([value, label]) => ({ value, label }))}
              allowDeselect={false}
              {...form.getInputProps('every')}
            />
          </Grid.Col>
          <Grid.Col span={{ base: 12, sm: 6 }}>
            <NumberInput
              label={words.keep}
              suffix={` ${words.keepUnit(Number(form.values.keep_count))}`}
              min={1}
              max={100_000}
              allowDecimal={false}
              clampBehavior="none"
              {...form.getInputProps('keep_count')}
            />
          </Grid.Col>
        </Grid>
        <ProblemAlert error={error} />
        <Group justify="flex-end">
          <Button type="submit" loading={create.isPending}>
            {words.make}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
