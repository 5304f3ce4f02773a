import { NumberInput, Select, SimpleGrid, Text, Title } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { AWKWARD, AWKWARD_KINDS } from '@/entities/migration';
import type { ValueChoice, Values } from '@/entities/migration';
import { migrations } from '@/shared/texts/migrations';
import { Surface } from '@/shared/ui';

const words = migrations.what;

/** What becomes of each sort of value that does not fit, and of rows that are refused all the same. */
export function ValueFields({ form }: { form: UseFormReturnType<Values> }) {
  return (
    <Surface label={words.values}>
      <Title order={2}>{words.values}</Title>
      <Text c="dimmed" size="sm" mb="sm">
        {words.valuesHint}
      </Text>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        {AWKWARD_KINDS.map((kind) => (
          <Select
            key={kind}
            label={words.valueKinds[kind]}
            data={AWKWARD[kind].map((choice) => ({ value: choice, label: words.choices[choice] }))}
            allowDeselect={false}
            value={form.values.choices[kind] ?? 'refuse'}
            onChange={(choice) => {
              form.setFieldValue('choices', { ...form.values.choices, [kind]: choice as ValueChoice });
            }}
          />
        ))}
      </SimpleGrid>
      <NumberInput mt="md" maw="34rem" label={words.refused} description={words.refusedHint} clampBehavior="none" allowDecimal={false} {...form.getInputProps('refused_limit')} />
    </Surface>
  );
}
