import { Button } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import type { ListState } from '@/shared/api';
import { audit as auditTexts } from '@/shared/texts/audit';

const words = auditTexts;

/** The filters that are set at a row: each is taken off by a click. */
export function OnlyThese({ state }: { state: ListState }) {
  return (['address', 'object_id'] as const).map((name) => {
    const value = state.filters[name];
    if (value === undefined) return null;
    const shown = name === 'object_id' ? words.onlyThing : value;
    return (
      <Button
        key={name}
        variant="light"
        aria-label={words.stopOnly(shown)}
        rightSection={<IconX size={14} aria-hidden />}
        onClick={() => {
          state.setFilter(name, null);
        }}
      >
        {words.only(shown)}
      </Button>
    );
  });
}
