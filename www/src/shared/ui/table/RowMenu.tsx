import { ActionIcon, Menu, Text } from '@mantine/core';
import { IconDotsVertical } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { texts } from '@/shared/texts';
import classes from './RowMenu.module.css';
import type { RowAction } from './types';

/** The menu of one thing; also for cards. */
export function RowMenu<Row>({ row, name, actions }: { row: Row; name: string; actions: readonly RowAction<Row>[] }) {
  if (actions.length === 0) return null;
  return <ActionMenu row={row} name={name} actions={() => actions} />;
}

// The button has them: what the menu hangs from is not for those who do not see it. (A property of the Popover within.)
const WITHOUT_ROLES = { withRoles: false };

/** Its items are asked for, and made, when it is opened: most menus of a table never are. */
export function ActionMenu<Row>({ row, name, actions }: { row: Row; name: string; actions: () => readonly RowAction<Row>[] }) {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <span className={classes.place}>
      <ActionIcon
        ref={button}
        variant="subtle"
        color="gray"
        aria-label={texts.table.menu(name)}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onMouseDown={(event) => {
          if (isOpen) event.stopPropagation(); // it would close as for any press outside, and this click open it again
        }}
        onClick={() => {
          setOpen(!isOpen);
        }}
      >
        <IconDotsVertical size={18} aria-hidden />
      </ActionIcon>
      {isOpen && (
        <Menu opened onChange={close} {...WITHOUT_ROLES}>
          <Menu.Target>
            <span className={classes.anchor} />
          </Menu.Target>
          <Menu.Dropdown aria-label={texts.table.menu(name)}>
            {actions().map((action) => (
              <Item key={action.label} action={action} row={row} />
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </span>
  );
}

function Item<Row>({ action, row }: { action: RowAction<Row>; row: Row }) {
  return (
    <Menu.Item
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
  );
}
