import { Button, Group, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';

/** What the tab is about, and the button that adds one. */
export function TabHead({ lead, add, onAdd }: { lead?: string; add: string; onAdd: () => void }) {
  return (
    <Group justify="space-between" align="center" mb="md" gap="sm">
      <Text c="dimmed" maw="44rem">
        {lead}
      </Text>
      <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={onAdd} ml="auto">
        {add}
      </Button>
    </Group>
  );
}
