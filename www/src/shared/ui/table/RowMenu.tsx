import { ActionIcon, Menu, Text } from '@mantine/core';
import { IconDotsVertical } from '@tabler/icons-react';
import { texts } from '@/shared/texts';
import type { RowAction } from './types';

/** The menu of one thing; also for cards. */
export function RowMenu<Row>({ row, name, actions }: { row: Row; name: string; actions: readonly RowAction<Row>[] }) {
  if (actions.length === 0) return null;
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={texts.table.menu(name)}>
          <IconDotsVertical size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {actions.map((action) => (
          <Menu.Item
            key={action.label}
            leftSection={action.icon}
            color={action.isDangerous ? 'red' : undefined}
            disabled={action.disabled !== undefined}
            onClick={() => {
              action.onClick(row);
            }}
          >
            {action.label}
            {action.disabled !== undefined && (
              <Text size="xs" maw="16rem">
                {action.disabled}
              </Text>
            )}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
