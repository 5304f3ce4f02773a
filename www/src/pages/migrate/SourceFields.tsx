import { NumberInput, Select, SimpleGrid, Title } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import type { Values } from '@/entities/migration';
import { migrations } from '@/shared/texts/migrations';
import { Surface } from '@/shared/ui';
import { IdentityField } from './IdentityField';
import type { Wizard } from './useWizard';

const words = migrations.what;
const OTHERS = ['refuse', 'halt', 'go_on'] as const;

/** What the source has to bear. */
export function SourceFields({ form, wizard, isTried }: { form: UseFormReturnType<Values>; wizard: Wizard; isTried: boolean }) {
  const isBackup = form.values.from === 'backup';
  const title = isBackup ? words.ofBackup : words.source;
  return (
    <Surface label={title}>
      <Title order={2} mb="sm">
        {title}
      </Title>
      <IdentityField values={form.values} wizard={wizard} isTried={isTried} />
      <SimpleGrid cols={{ base: 1, sm: 2 }} mt="sm">
        {!isBackup && (
          <Select
            label={words.others}
            description={form.values.others === 'halt' ? words.haltHint : words.othersHint}
            data={OTHERS.map((value) => ({ value, label: words.othersValues[value] }))}
            allowDeselect={false}
            {...form.getInputProps('others')}
          />
        )}
        <NumberInput label={words.jobs} description={words.jobsHint} clampBehavior="none" allowDecimal={false} {...form.getInputProps('jobs')} />
      </SimpleGrid>
    </Surface>
  );
}
