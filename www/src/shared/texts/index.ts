import { backups } from './backups';
import { closed } from './closed';
import { common } from './common';
import { databases } from './databases';
import { help } from './help';
import { job } from './job';
import { jobs } from './jobs';
import { keys } from './keys';
import { overview } from './overview';
import { restore } from './restore';
import { schedules } from './schedules';
import { servers } from './servers';
import { shell } from './shell';
import { signIn } from './signIn';
import { storages } from './storages';
import { undo } from './undo';
import { welcome } from './welcome';

/**
 * Every text that the page shows, by area: one file each, all of them in this folder, for a translator to replace.
 * (What only some pages say, audit.ts, logs.ts, migrations.ts, moving.ts, people.ts and settings.ts, is imported by itself: those load it.)
 */
export const texts = {
  ...common,
  backups,
  closed,
  databases,
  help,
  job,
  jobs,
  keys,
  overview,
  restore,
  schedules,
  servers,
  shell,
  signIn,
  storages,
  undo,
  welcome,
};
