import { backups } from './backups';
import { common } from './common';
import { databases } from './databases';
import { job } from './job';
import { jobs } from './jobs';
import { keys } from './keys';
import { logs } from './logs';
import { overview } from './overview';
import { restore } from './restore';
import { schedules } from './schedules';
import { servers } from './servers';
import { shell } from './shell';
import { signIn } from './signIn';
import { storages } from './storages';
import { undo } from './undo';
import { welcome } from './welcome';

/** Every text that the page shows, by area: one file each, all of them in this folder, for a translator to replace. */
export const texts = { ...common, backups, databases, job, jobs, keys, logs, overview, restore, schedules, servers, shell, signIn, storages, undo, welcome };
