import { audit } from './audit';
import { backups } from './backups';
import { closed } from './closed';
import { common } from './common';
import { databases } from './databases';
import { help } from './help';
import { job } from './job';
import { jobs } from './jobs';
import { keys } from './keys';
import { logs } from './logs';
import { overview } from './overview';
import { people } from './people';
import { restore } from './restore';
import { schedules } from './schedules';
import { servers } from './servers';
import { settings } from './settings';
import { shell } from './shell';
import { signIn } from './signIn';
import { storages } from './storages';
import { undo } from './undo';
import { welcome } from './welcome';

/**
 * Every text that the page shows, by area: one file each, all of them in this folder, for a translator to replace.
 * (migrations.ts is imported by itself: the few pages that need it load it.)
 */
export const texts = {
  ...common,
  audit,
  backups,
  closed,
  databases,
  help,
  job,
  jobs,
  keys,
  logs,
  overview,
  people,
  restore,
  schedules,
  servers,
  settings,
  shell,
  signIn,
  storages,
  undo,
  welcome,
};
