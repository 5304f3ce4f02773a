import { ActionIcon, Menu, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconDevices, IconLogout, IconPassword, IconUserCircle } from '@tabler/icons-react';
import { lazy } from 'react';
import { Link } from 'react-router-dom';
import { useMe, useSignOut } from '@/entities/me';
import { texts } from '@/shared/texts';
import { LateDialog, notifyProblem } from '@/shared/ui';

const words = texts.shell.account;
const ChangePasswordDialog = lazy(() => import('@/features/change-password').then(({ ChangePasswordDialog }) => ({ default: ChangePasswordDialog })));

export function AccountMenu() {
  const me = useMe();
  const signOut = useSignOut();
  const [isChanging, dialog] = useDisclosure(false);
  const name = me.user?.name ?? me.actor;
  return (
    <>
      <Menu>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={words.menu(name)}>
            <IconUserCircle size={22} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>
            <Text fw={620} c="var(--mantine-color-text)">
              {me.user?.full_name || name}
            </Text>
            <Text size="sm" c="dimmed">
              {name} · {words.role[me.role]}
              {me.is_owner && ` · ${words.owner}`}
            </Text>
          </Menu.Label>
          <Menu.Divider />
          <Menu.Item leftSection={<IconPassword size={16} aria-hidden />} onClick={dialog.open}>
            {words.changePassword}
          </Menu.Item>
          <Menu.Item component={Link} to="/sessions" leftSection={<IconDevices size={16} aria-hidden />}>
            {words.sessions}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconLogout size={16} aria-hidden />}
            onClick={() => {
              signOut.mutate(undefined, { onError: notifyProblem });
            }}
          >
            {words.signOut}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <LateDialog opened={isChanging}>{(opened) => <ChangePasswordDialog opened={opened} onClose={dialog.close} />}</LateDialog>
    </>
  );
}
