import { Button, Drawer } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconUsersGroup } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'react-router-dom';
import { IfMay, useMe } from '@/entities/me';
import { texts } from '@/shared/texts';
import { Brand, EmptyState } from '@/shared/ui';
import { AwayBanner } from './AwayBanner';
import { Navigation } from './Navigation';
import classes from './Shell.module.css';
import { TopBar } from './TopBar';

/** What stands around every page: navigation, top bar, and the word that Holdfast does not answer. */
export function Shell({ children }: { children: ReactNode }) {
  const [isOpen, drawer] = useDisclosure(false);
  const me = useMe();
  const { pathname } = useLocation();
  return (
    <div className={classes.shell}>
      <a href="#content" className={classes.skip}>
        {texts.shell.skip}
      </a>
      <aside className={classes.side}>
        <div className={classes.stays}>
          <div className={classes.brand}>
            <Brand />
          </div>
          <Navigation />
        </div>
      </aside>
      <Drawer
        opened={isOpen}
        onClose={drawer.close}
        size="17rem"
        title={<Brand />}
        closeButtonProps={{ 'aria-label': texts.shell.closeNavigation }}
      >
        <Navigation onGo={drawer.close} />
      </Drawer>
      <div className={classes.main}>
        <TopBar onOpenNavigation={drawer.open} />
        <AwayBanner />
        <main id="content" className={classes.content} tabIndex={-1}>
          {me.organization || isAnywhere(pathname) ? children : <NoOrganization />}
        </main>
      </div>
    </div>
  );
}

/** What needs no organization. */
const isAnywhere = (pathname: string) => /^\/(users|sessions|help)\b/.test(pathname);

function NoOrganization() {
  const words = texts.shell.noAccess;
  const { is_owner } = useMe();
  return (
    <EmptyState
      icon={IconUsersGroup}
      title={words.title}
      action={
        <IfMay role="owner">
          <Button component={Link} to="/users/organizations">
            {words.organizations}
          </Button>
        </IfMay>
      }
    >
      {is_owner ? words.ownerBody : words.body}
    </EmptyState>
  );
}
