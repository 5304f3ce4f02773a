import { Button, Group, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconArrowLeft } from '@tabler/icons-react';
import { useState } from 'react';
import { requestOf, useAssess } from '@/entities/migration';
import type { Values } from '@/entities/migration';
import { newKey } from '@/shared/api';
import { migrations } from '@/shared/texts/migrations';
import { ProblemAlert, submitting } from '@/shared/ui';
import { BackupFields } from './BackupFields';
import { MapFields } from './MapFields';
import { RightsFields } from './RightsFields';
import { SourceFields } from './SourceFields';
import { TableChoice } from './TableChoice';
import { useSource } from './useSource';
import type { Wizard } from './useWizard';
import { ValueFields } from './ValueFields';

const words = migrations.what;
const isWithin = (value: number | string, least: number, most: number) => typeof value === 'number' && value >= least && value <= most;
const orEmpty = (value: number | string, most: number) => value === '' || isWithin(value, 1, most);
const toPostgres = ({ target }: Values) => target !== 'sql-server';
const backsUp = (values: Values) => toPostgres(values) && values.backup === 'first';
const filled = (value: string) => (value.trim() ? null : words.missing);

/** What moves, and how. */
export default function WhatStep({ wizard }: { wizard: Wizard }) {
  const assess = useAssess();
  const [error, setError] = useState<unknown>(null);
  const { lacksKey } = useSource(wizard.values);
  const [isTried, setTried] = useState(false);
  const form = useForm<Values>({
    initialValues: wizard.values,
    validate: {
      jobs: (value) => (orEmpty(value, 128) ? null : words.jobsWrong),
      keep_hours: (value) => (orEmpty(value, 8760) ? null : words.keepWrong),
      storage_id: (value, values) => (backsUp(values) && !value ? words.storageMissing : null),
      key_ids: (value, values) => (backsUp(values) && value.length === 0 ? words.keysMissing : null),
      backup_id: (value, values) => (toPostgres(values) && values.backup === 'named' && !value ? words.whichMissing : null),
      refused_limit: (value) => (isWithin(value, 0, 1000) ? null : words.refusedWrong),
      types: { type: filled, to: filled },
      columns: { table: filled, column: filled, to: filled },
    },
  });
  const check = form.onSubmit(async (values) => {
    wizard.keep(values);
    const identity = lacksKey ? wizard.secrets.identity.trim() : undefined;
    setTried(true);
    if (identity === '') return;
    setError(
      await submitting(form, async () => {
        const { job_id } = await assess.mutateAsync({ body: { ...requestOf(values), ...(identity ? { identity } : {}) }, key: newKey() });
        wizard.go('check', job_id);
      }),
    );
  });
  return (
    <form onSubmit={check} noValidate>
      <Stack>
        <TableChoice form={form} />
        {toPostgres(form.values) ? (
          <>
            <BackupFields form={form} />
            <RightsFields form={form} />
          </>
        ) : (
          <>
            <ValueFields form={form} />
            <MapFields form={form} />
          </>
        )}
        <SourceFields form={form} wizard={wizard} isTried={isTried} />
        <ProblemAlert error={error} />
        <Group>
          <Button type="submit" size="md" loading={assess.isPending}>
            {words.assess}
          </Button>
          <Text c="dimmed" size="sm" flex="1 1 14rem">
            {words.assessHint}
          </Text>
        </Group>
        <div>
          <Button
            variant="subtle"
            leftSection={<IconArrowLeft size={16} aria-hidden />}
            onClick={() => {
              wizard.keep(form.getValues());
              wizard.go('ends');
            }}
          >
            {migrations.back}
          </Button>
        </div>
      </Stack>
    </form>
  );
}
