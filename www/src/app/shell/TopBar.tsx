import { ActionIcon } from '@mantine/core';
import { IconMenu2 } from '@tabler/icons-react';
import { JobTray } from '@/features/job-tray';
import { texts } from '@/shared/texts';
import { AccountMenu } from './AccountMenu';
import { OrganizationSwitch } from './OrganizationSwitch';
import { SchemeMenu } from './SchemeMenu';
import classes from './Shell.module.css';

export function TopBar({ onOpenNavigation }: { onOpenNavigation: () => void }) {
  return (
    <header className={classes.bar}>
      <ActionIcon variant="subtle" color="gray" size="lg" hiddenFrom="md" aria-label={texts.shell.openNavigation} onClick={onOpenNavigation}>
        <IconMenu2 size={20} aria-hidden />
      </ActionIcon>
      <OrganizationSwitch />
      <span className={classes.spring} />
      <JobTray />
      <SchemeMenu />
      <AccountMenu />
    </header>
  );
}
