import { texts } from '@/shared/texts';
import { Status } from '@/shared/ui';
import type { Database } from './queries';

const words = texts.databases.alarm;

/** A good backup, young enough, of what is still there. */
export function isProtected({ alarm, missing_since, last_good_at }: Pick<Database, 'alarm' | 'last_good_at' | 'missing_since'>): boolean {
  return !alarm && missing_since === null && last_good_at !== null;
}

/** Whether there is a good backup that is young enough, and still a database to back up. */
export function DatabaseStatus({ database, plain }: { database: Pick<Database, 'alarm' | 'last_good_at' | 'missing_since'>; plain?: boolean }) {
  if (database.alarm || database.missing_since) {
    return (
      <Status tone="bad" plain={plain}>
        {database.missing_since ? words.missing : words.raised}
      </Status>
    );
  }
  return (
    <Status tone={database.last_good_at ? 'ok' : 'quiet'} plain={plain}>
      {database.last_good_at ? words.fine : words.none}
    </Status>
  );
}
