import { local } from '@/shared/lib/time';

const TIME = / at (\d{4}-\d\d-\d\dT[\d:.]+Z)/;
const ID = / ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/;

export interface Wait {
  /** With the viewer's time, and without the id of a job. */
  what: string;
  /** The job that is waited for. */
  job: string | undefined;
}

/** What a job waits for, as the API says it, for people. */
export function waitingFor(said: string): Wait {
  return { what: said.replace(TIME, (_, at: string) => ` ${local(at)}`).replace(ID, ''), job: ID.exec(said)?.[1] };
}
