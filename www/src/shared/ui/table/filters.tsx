import { Button, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import type { ListState } from '@/shared/api';
import { dayOf, dayStart } from '@/shared/lib/time';
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
      searchable={options.length > 8}
      w={{ base: '100%', sm: '11rem' }}
    />
  );
}

/** From one day to another, both within, in the viewer's zone: the API's filters `since` and `until`. */
export function TableDays({ state }: { state: ListState }) {
  const { since, until } = state.filters;
  const lastMoment = until === undefined ? undefined : new Date(new Date(until).getTime() - 1);
  return (
    <>
      <Day
        label={texts.table.from}
        value={since}
        onChange={(day) => {
          state.setFilter('since', dayStart(day));
        }}
      />
      <Day
        label={texts.table.to}
        value={lastMoment}
        onChange={(day) => {
          state.setFilter('until', dayStart(day, 1));
        }}
      />
    </>
  );
}

function Day({ label, value, onChange }: { label: string; value: string | Date | undefined; onChange: (day: string) => void }) {
  return (
    <TextInput
      type="date"
      label={label}
      value={value === undefined ? '' : dayOf(value)}
      onChange={(event) => {
        onChange(event.currentTarget.value);
      }}
      w={{ base: 'calc(50% - 0.375rem)', sm: '9.5rem' }}
    />
  );
}

/** A value that is typed, and exactly that: applied when one has done. */
export function TableExactly({ state, name, label, complete }: { state: ListState; name: string; label: string; complete: (text: string) => string }) {
  const value = state.filters[name] ?? '';
  const [text, setText] = useState(value);
  const [known, setKnown] = useState(value);
  if (known !== value) {
    setKnown(value);
    setText(value);
  }
  const apply = () => {
    state.setFilter(name, text.trim() ? complete(text.trim()) : null);
  };
  return (
    <TextInput
      label={label}
      placeholder={texts.table.any}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
      }}
      onBlur={apply}
      onKeyDown={(event) => {
        if (event.key === 'Enter') apply();
      }}
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
