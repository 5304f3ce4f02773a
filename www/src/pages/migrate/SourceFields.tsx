import { NumberInput, Select, SimpleGrid, Title } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import type { Values } from '@/entities/migration';
import { migrations } from '@/shared/texts/migrations';
import { Surface } from '@/shared/ui';

const words = migrations.what;
const OTHERS = ['refuse', 'go_on'] as const;

/** What the source has to bear. */
export function SourceFields({ form }: { form: UseFormReturnType<Values> }) {
  return (
    <Surface label={words.source}>
      <Title order={2} mb="sm">
        {words.source}
      </Title>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Select
          label={words.others}
          description={words.othersHint}
          data={OTHERS.map((value) => ({ value, label: words.othersValues[value] }))}
          allowDeselect={false}
          {...form.getInputProps('others')}
        />
        <NumberInput label={words.jobs} description={words.jobsHint} clampBehavior="none" allowDecimal={false} {...form.getInputProps('jobs')} />
      </SimpleGrid>
    </Surface>
  );
}
