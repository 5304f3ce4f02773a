import { ActionIcon, Menu, Text } from '@mantine/core';
import { IconDotsVertical } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import type { KeyboardEvent } from 'react';
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

/** At once, not by a timer: until then a key that is pressed would be one outside of the menu, which closes it. */
const takeFocus = (menu: HTMLElement | null) => {
  if (menu && !menu.contains(document.activeElement)) menu.focus({ preventScroll: true });
};

/** Its items are asked for, and made, when it is opened: most menus of a table never are. */
export function ActionMenu<Row>({ row, name, actions }: { row: Row; name: string; actions: () => readonly RowAction<Row>[] }) {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  const leave = (event: KeyboardEvent) => {
    if (event.key === 'Tab') close(); // and Tab goes on from the button
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
          if (isOpen) close();
          else setOpen(true);
        }}
      >
        <IconDotsVertical size={18} aria-hidden />
      </ActionIcon>
      {isOpen && (
        <Menu opened onChange={close} trapFocus={false} withInitialFocusPlaceholder={false} {...WITHOUT_ROLES}>
          <Menu.Target>
            <span className={classes.anchor} />
          </Menu.Target>
          <Menu.Dropdown ref={takeFocus} aria-label={texts.table.menu(name)} onKeyDown={leave}>
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
