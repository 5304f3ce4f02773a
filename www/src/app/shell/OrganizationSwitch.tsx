import { Button, Menu, Text } from '@mantine/core';
import { IconBuilding, IconCheck, IconChevronDown } from '@tabler/icons-react';
import { useNavigate } from 'react-router-dom';
import { useChooseOrganization, useMe } from '@/entities/me';
import { texts } from '@/shared/texts';
import { notifyProblem } from '@/shared/ui';
import classes from './Shell.module.css';

/** The organization that is looked at; a choice only for those who are in several. */
export function OrganizationSwitch() {
  const me = useMe();
  const choose = useChooseOrganization();
  const navigate = useNavigate();
  const name = me.organization?.name ?? texts.shell.noOrganization;
  const others = me.organizations.filter(({ id }) => id !== me.organization?.id);
  if (others.length === 0) {
    return (
      <Text fw={550} truncate className={classes.organization}>
        {name}
      </Text>
    );
  }
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button
          variant="default"
          size="sm"
          className={classes.organization}
          aria-label={`${texts.shell.organization}: ${name}`}
          leftSection={<IconBuilding size={16} aria-hidden />}
          rightSection={<IconChevronDown size={14} aria-hidden />}
          loading={choose.isPending}
        >
          {name}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah="60vh" className={classes.menu}>
        <Menu.Label>{texts.shell.organization}</Menu.Label>
        {me.organizations.map((each) => (
          <Menu.Item
            key={each.id}
            rightSection={each.id === me.organization?.id ? <IconCheck size={16} aria-hidden /> : null}
            onClick={() => {
              choose.mutate(each.id, {
                onSuccess: () => {
                  navigate('/');
                },
                onError: notifyProblem,
              });
            }}
          >
            {each.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
