import { Checkbox, Select, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { tables } from '@/shared/texts/tables';
import { Surface } from '@/shared/ui';
import { choicesOf, DELIMITERS, ENCODINGS, isXlsx, nameOfDelimiter } from './form';
import type { Form, Known } from './form';

const words = tables.import.how;

interface HowReadProps {
  file: string;
  form: Form;
  known: Known | undefined;
  onChange: (form: Form) => void;
}

/** How the file is read: as it was found, or as one chooses. */
export function HowRead({ file, form, known, onChange }: HowReadProps) {
  const others = known?.report.other_sheets ?? [];
  const isBook = isXlsx(file);
  return (
    <Surface label={words.title}>
      <Stack>
        <div>
          <Title order={2}>{words.title}</Title>
          <Text c="dimmed" size="sm">
            {words.hint}
          </Text>
        </div>
        <SimpleGrid cols={{ base: 1, sm: 2 }} maw="40rem">
          {isBook ? <SheetField form={form} known={known} onChange={onChange} /> : <TextFields form={form} known={known} onChange={onChange} />}
        </SimpleGrid>
        <Checkbox
          label={isBook ? words.headerRow : words.headerLine}
          checked={!form.no_header}
          onChange={(event) => {
            onChange({ ...form, no_header: !event.currentTarget.checked });
          }}
        />
        {others.length > 0 && <Text size="sm">{words.otherSheets(others.join(', '))}</Text>}
      </Stack>
    </Surface>
  );
}

type FieldsProps = Omit<HowReadProps, 'file'>;

function SheetField({ form, known, onChange }: FieldsProps) {
  const all = [...new Set(known?.report.all_sheets)];
  const read = known?.report.sheets ?? [];
  return (
    <Select
      label={words.sheet}
      description={read.length > 1 ? words.asOne(read.join(', ')) : null}
      data={all}
      value={form.sheet ?? read[0] ?? null}
      allowDeselect={false}
      disabled={all.length === 0}
      onChange={(sheet) => {
        onChange({ ...form, sheet });
      }}
    />
  );
}

function TextFields({ form, known, onChange }: FieldsProps) {
  return (
    <>
      <Select
        label={words.delimiter}
        data={choicesOf(DELIMITERS, known?.delimiter, nameOfDelimiter)}
        value={form.delimiter ?? ''}
        allowDeselect={false}
        onChange={(delimiter) => {
          onChange({ ...form, delimiter: delimiter || null });
        }}
      />
      <Select
        label={words.encoding}
        data={choicesOf(ENCODINGS, known?.encoding)}
        value={form.encoding ?? ''}
        allowDeselect={false}
        searchable
        onChange={(encoding) => {
          onChange({ ...form, encoding: encoding || null });
        }}
      />
    </>
  );
}
