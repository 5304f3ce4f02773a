import { backups } from './backups';
import { common } from './common';
import { jobs } from './jobs';
import { shell } from './shell';
import { signIn } from './signIn';

/** Every text that the page shows, by area: one file each, all of them in this folder, for a translator to replace. */
export const texts = { ...common, backups, jobs, shell, signIn };
