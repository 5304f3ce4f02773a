import { texts } from '@/shared/texts';
import { Status } from '@/shared/ui';
import type { Database } from './queries';

const words = texts.databases.alarm;

/** Whether there is a good backup that is young enough. */
export function DatabaseStatus({ database, plain }: { database: Pick<Database, 'alarm' | 'last_good_at'>; plain?: boolean }) {
  if (database.alarm) {
    return (
      <Status tone="bad" plain={plain}>
        {words.raised}
      </Status>
    );
  }
  return (
    <Status tone={database.last_good_at ? 'ok' : 'quiet'} plain={plain}>
      {database.last_good_at ? words.fine : words.none}
    </Status>
  );
}
