import {
  IconActivity,
  IconArrowBackUp,
  IconCalendarClock,
  IconDatabase,
  IconHelpCircle,
  IconKey,
  IconLayoutDashboard,
  IconListDetails,
  IconServer2,
  IconSettings,
  IconShieldCheck,
  IconTransfer,
  IconUsers,
} from '@tabler/icons-react';
import { NavLink } from 'react-router-dom';
import { mayDo, useMe } from '@/entities/me';
import type { Role } from '@/entities/me';
import { texts } from '@/shared/texts';
import classes from './Shell.module.css';

interface Entry {
  to: string;
  text: keyof typeof texts.shell.nav;
  icon: typeof IconKey;
  role?: Role;
}

const daily: readonly Entry[] = [
  { to: '/', text: 'overview', icon: IconLayoutDashboard },
  { to: '/backup', text: 'backups', icon: IconCalendarClock },
  { to: '/logs', text: 'logs', icon: IconListDetails },
  { to: '/restore', text: 'restore', icon: IconArrowBackUp, role: 'operator' },
  { to: '/migrate', text: 'migrate', icon: IconTransfer, role: 'operator' },
  { to: '/jobs', text: 'jobs', icon: IconActivity },
];
const manage: readonly Entry[] = [
  { to: '/keys', text: 'keys', icon: IconKey },
  { to: '/storages', text: 'storages', icon: IconDatabase },
  { to: '/servers', text: 'servers', icon: IconServer2 },
  { to: '/users', text: 'users', icon: IconUsers, role: 'administrator' },
  { to: '/audit', text: 'audit', icon: IconShieldCheck, role: 'auditor' },
  { to: '/settings', text: 'settings', icon: IconSettings },
  { to: '/help', text: 'help', icon: IconHelpCircle },
];

export function Navigation({ onGo }: { onGo?: () => void }) {
  return (
    <nav aria-label={texts.shell.navigation} className={classes.nav}>
      <Entries entries={daily} onGo={onGo} />
      <p className={classes.section}>{texts.shell.manage}</p>
      <Entries entries={manage} onGo={onGo} />
    </nav>
  );
}

function Entries({ entries, onGo }: { entries: readonly Entry[]; onGo: (() => void) | undefined }) {
  const me = useMe();
  return entries
    .filter(({ to, role }) => role === undefined || mayDo(me, role) || ((to === '/users' || to === '/audit') && me.is_owner))
    .map(({ to, text, icon: Icon }) => (
      <NavLink key={to} to={to} end={to === '/'} className={classes.link} onClick={onGo}>
        <Icon size={19} stroke={1.8} aria-hidden />
        {texts.shell.nav[text]}
      </NavLink>
    ));
}
