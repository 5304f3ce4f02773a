import { backups } from './backups';
import { common } from './common';
import { databases } from './databases';
import { jobs } from './jobs';
import { overview } from './overview';
import { servers } from './servers';
import { shell } from './shell';
import { signIn } from './signIn';
import { storages } from './storages';
import { welcome } from './welcome';

/** Every text that the page shows, by area: one file each, all of them in this folder, for a translator to replace. */
export const texts = { ...common, backups, databases, jobs, overview, servers, shell, signIn, storages, welcome };
