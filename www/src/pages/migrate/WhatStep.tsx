import { Button, Group, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconArrowLeft } from '@tabler/icons-react';
import { useState } from 'react';
import { makesFile, requestOf, useAssess, useReport } from '@/entities/migration';
import type { Values } from '@/entities/migration';
import { asProblem, newKey } from '@/shared/api';
import { migrations } from '@/shared/texts/migrations';
import { ProblemAlert, submitting } from '@/shared/ui';
import { BackupFields } from './BackupFields';
import { columnError, typeError } from './columns';
import { EncryptFields } from './EncryptFields';
import { MapFields } from './MapFields';
import { RightsFields } from './RightsFields';
import { SourceFields } from './SourceFields';
import { TableChoice } from './TableChoice';
import { usePlaces } from './usePlaces';
import { useSource } from './useSource';
import { useTables } from './useTables';
import type { Wizard } from './useWizard';
import { ValueFields } from './ValueFields';

const words = migrations.what;
const isWithin = (value: number | string, least: number, most: number) => typeof value === 'number' && value >= least && value <= most;
const orEmpty = (value: number | string, most: number) => value === '' || isWithin(value, 1, most);
const toPostgres = ({ target }: Values) => target !== 'sql-server';
const encrypts = (values: Values) => !toPostgres(values) && values.encrypt.length > 0;
const lacksName = (value: string, values: Values) => encrypts(values) && values.encryption === 'named' && !value.trim();
const filled = (value: string) => (value.trim() ? null : words.missing);

/** What moves, and how. */
export default function WhatStep({ wizard }: { wizard: Wizard }) {
  const assess = useAssess();
  const [error, setError] = useState<unknown>(null);
  const { lacksKey, isLoading } = useSource(wizard.values);
  const places = usePlaces();
  const [isTried, setTried] = useState(false);
  const columns = useReport(toPostgres(wizard.values) ? undefined : wizard.job).data?.assessment?.columns ?? [];
  const { tables } = useTables(wizard.values);
  const form = useForm<Values>({
    initialValues: wizard.values,
    onValuesChange: wizard.keep,
    validate: {
      jobs: (value) => (orEmpty(value, 128) ? null : words.jobsWrong),
      keep_hours: (value) => (orEmpty(value, 8760) ? null : words.keepWrong),
      storage_id: (value, values) => (makesFile(values) && !value ? words.storageMissing : null),
      key_ids: (value, values) => (makesFile(values) && value.length === 0 ? words.keysMissing : null),
      backup_id: (value, values) => (toPostgres(values) && values.backup === 'named' && !value ? words.whichMissing : null),
      refused_limit: (value) => (isWithin(value, 0, 1000) ? null : words.refusedWrong),
      encrypt: (value, values) => (toPostgres(values) ? null : (value.map((name) => columnError(name, columns, tables)).find((wrong) => wrong !== null) ?? null)),
      encryption_key: (value, values) => (lacksName(value, values) ? words.encryptKeyMissing : null),
      encryption_certificate: (value, values) => (lacksName(value, values) ? words.encryptCertificateMissing : null),
      types: { type: filled, to: filled },
      columns: { table: filled, column: filled, to: filled },
    },
  });
  const check = form.onSubmit(async (values) => {
    const identity = lacksKey ? wizard.secrets.identity.trim() : undefined;
    setTried(true);
    if (identity === '') return;
    const problem = await submitting(form, async () => {
      const { job_id } = await assess.mutateAsync({ body: { ...requestOf(values), ...(identity ? { identity } : {}) }, key: newKey() });
      wizard.began(values, { assessment: job_id });
      wizard.go('check', job_id);
    });
    const type = problem ? typeError(asProblem(problem).detail) : null;
    setError(type ? null : problem);
    if (!type) return;
    form.setFieldError(type.field, type.wrong);
    form.getInputNode(type.field)?.focus();
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
            <EncryptFields form={form} columns={columns} />
          </>
        )}
        <SourceFields form={form} wizard={wizard} isTried={isTried} />
        <ProblemAlert error={error} />
        <Group>
          <Button type="submit" size="md" loading={assess.isPending} disabled={isLoading || (makesFile(form.values) && places.isLoading)}>
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
