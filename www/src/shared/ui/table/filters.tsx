import { Button, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import type { ListState } from '@/shared/api';
import { texts } from '@/shared/texts';

/** Searches as one types; the address keeps it. */
export function TableSearch({ state, label = texts.table.search }: { state: ListState; label?: string }) {
  const [text, setText] = useState(state.search);
  const [known, setKnown] = useState(state.search);
  const apply = useDebouncedCallback(state.setSearch, 250);
  if (known !== state.search) {
    setKnown(state.search);
    if (state.search === '') setText('');
  }
  return (
    <TextInput
      type="search"
      label={label}
      value={text}
      leftSection={<IconSearch size={16} aria-hidden />}
      onChange={(event) => {
        setText(event.currentTarget.value);
        apply(event.currentTarget.value);
      }}
      w={{ base: '100%', sm: '16rem' }}
    />
  );
}

/** One filter of the API: its values and what they are called. */
export function TableFilter({ state, name, label, options }: { state: ListState; name: string; label: string; options: readonly { value: string; label: string }[] }) {
  return (
    <Select
      label={label}
      placeholder={texts.table.any}
      data={[...options]}
      value={state.filters[name] ?? null}
      onChange={(value) => {
        state.setFilter(name, value);
      }}
      clearable
      w={{ base: '100%', sm: '11rem' }}
    />
  );
}

export function ClearFilters({ state }: { state: ListState }) {
  if (!state.isFiltered) return null;
  return (
    <Button variant="subtle" color="gray" leftSection={<IconX size={14} aria-hidden />} onClick={state.clear}>
      {texts.table.clear}
    </Button>
  );
}
