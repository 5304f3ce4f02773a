import type { components } from '../api/schema';

interface Explained {
  title: string;
  means: string;
  todo: string;
}

/** Every code of the API, no more and no less: openapi.yaml has the list, and the compiler compares. */
const codes: Record<components['schemas']['Code'], Explained> = {
  usage: {
    title: 'The request is wrong',
    means: 'Something that was sent is missing, too long, out of range or contradicts itself. Nothing was done.',
    todo: 'The detail names what it is. Correct it and send it again.',
  },
  'not-found': {
    title: 'Not found',
    means: 'What was named does not exist, was deleted, or belongs to another organization.',
    todo: 'Go back to the list. If you are in several organizations, see in the top bar which one you look at.',
  },
  conflict: {
    title: 'In conflict with what is there',
    means: 'It exists already, is in use, or a job of it is running.',
    todo: 'The detail says what stands in the way: wait for that job, cancel it, or choose another name.',
  },
  denied: {
    title: 'Not allowed',
    means: 'Your role, or the role of the token, does not allow it. The refusal stands in the audit log.',
    todo: 'Ask an administrator of the organization for the right.',
  },
  limit: {
    title: 'Too large',
    means: 'A bound was passed: of a file, a request, the time it may take, the room on a disk, or of the values and rows that SQL Server takes.',
    todo: 'Send less at once; files go in pieces, which the page does by itself. If a disk is full, make room there, and start it again. Of a migration the assessment says what becomes of such values.',
  },
  network: {
    title: 'Out of reach for the moment',
    means: 'A server could not be reached or went away: PostgreSQL, SQL Server, Redis or Holdfast itself. It may pass.',
    todo: 'Try again in a moment. If it stays so, test the server on its page, and look at name, port and firewall.',
  },
  database: {
    title: 'The database server refused',
    means: 'PostgreSQL or SQL Server was reached and said no. Its own words stand in the detail.',
    todo: 'Most often a right or a password: correct it on Servers and test it there.',
  },
  storage: {
    title: 'The storage failed',
    means: 'A file could not be read or written: no space, no right, or a mount that is away.',
    todo: 'Probe the storage on its page, and look at space, owner and mount of its folder.',
  },
  corrupt: {
    title: 'Damaged',
    means: 'The file is not what was written: cut off, changed, or no backup at all. It is never restored halfway.',
    todo: 'Restore another backup, take a new one now, and look at the disk that held it.',
  },
  'wrong-key': {
    title: 'The key does not fit',
    means: 'None of the keys that Holdfast has opens the file.',
    todo: 'Give the identity (AGE-SECRET-KEY-…) or the passphrase of the recovery sheet. The backup’s page shows the fingerprint that is asked for.',
  },
  differ: {
    title: 'The data differ',
    means: 'The comparison was made, and what is in the database is not what is in the backup, or in the source of a migration.',
    todo: 'The detail says where. Do not let it go live: keep what is there, and verify the file, or migrate again.',
  },
  cancelled: { title: 'Cancelled', means: 'Somebody asked to stop. What was there before is there still.', todo: 'Start it again if it is still wanted. The audit log says who stopped it.' },
  internal: {
    title: 'A defect of Holdfast',
    means: 'Something happened that must not happen. What was there before a job is kept as for every other failure.',
    todo: 'Report it with the request’s id that is shown beside the code: the log has the details under it.',
  },
  stale: {
    title: 'Changed by somebody else',
    means: 'Somebody has saved a change since you opened it. Yours was not saved over it.',
    todo: 'Close and open it again to see theirs, and repeat yours if it is still wanted.',
  },
  'version-missing': {
    title: 'Which version is meant is missing',
    means: 'A change has to say which version it is of, so that nothing is saved over what somebody else has saved. This page always does: a program has left it out.',
    todo: 'Read what is to be changed, and send its ETag as If-Match with the change.',
  },
  busy: {
    title: 'Busy for the moment',
    means: 'Half of what answers requests waits for servers of others already, which are slow or silent. The rest is kept for everybody else.',
    todo: 'Wait a few seconds and try again. If it stays so, see on Servers which one does not answer.',
  },
  unauthenticated: { title: 'Not signed in', means: 'There is no session or token, or it has ended.', todo: 'Sign in again. A program needs a token that has not expired.' },
  'wrong-credentials': { title: 'Not signed in', means: 'The name or the password is wrong. Which of them is not told.', todo: 'Check both. An administrator can set a new password.' },
  csrf: { title: 'Not from the page', means: 'A change came without the proof that this page has asked for it.', todo: 'Reload the page and try again.' },
  'too-many-tries': { title: 'Too many tries', means: 'Too many attempts to sign in with this name or from this address.', todo: 'Wait a quarter of an hour.' },
  'too-many-requests': { title: 'Too many requests', means: 'More was asked in a short time than one may.', todo: 'Wait a moment. A program should ask less often.' },
  timeout: { title: 'Too slow', means: 'The request did not arrive in time.', todo: 'Send it again; look at the connection if it happens often.' },
  'tus-version': { title: 'Another version of tus', means: 'An upload came from a client of another version of its protocol.', todo: 'Use this page, or a client of tus 1.0.0.' },
  'media-type': { title: 'Another kind of body', means: 'A piece of an upload came with another content type than the protocol says.', todo: 'Use this page, or a client of tus 1.0.0.' },
};

export const help = {
  title: 'Help',
  lead: 'What a message means, how to get data back without Holdfast, and how to move a database elsewhere.',
  parts: 'On this page',
  steps: {
    title: 'In an emergency',
    items: [
      ['Stay calm: the default way deletes nothing.', 'It loads the backup beside the live database, proves it, and only then takes its place. What was there is kept, and Undo brings it back.'],
      ['Pick the backup.', 'On Restore, the newest that was taken before the mishap: times are those of your own clock. One called “What was live before a restore” holds the mishap as well.'],
      ['Restore it.', 'The page checks everything first and shows what will change. Nothing happens until you type the database’s name.'],
      ['It was the wrong one?', 'Until the swap, cancel the job: nothing has changed. After it, Undo on the database’s page brings back what was live, as long as that is kept.'],
      ['Only a few tables are gone?', 'Restore into a new database; its options take single tables. Look there, and copy over what you need.'],
      ['The server is gone?', 'Add the new one on Servers, and restore into a new database there. Roles that are missing are made at a click.'],
    ] as readonly (readonly [string, string])[],
    restore: 'To Restore',
    logs: 'To DB Logs',
  },
  byHand: {
    title: 'Restore by hand',
    lead: 'A backup is one file of published formats: age, tar, zstd, and what pg_dump writes. Programs of every Debian restore it, on any machine, without Holdfast. The file itself says how in its README.txt.',
    items: [
      {
        title: 'Install the programs',
        body: 'pg_restore must be of the version of PostgreSQL that made the backup, or newer.',
        label: 'the command that installs the programs',
        code: 'apt-get install age zstd postgresql-client',
      },
      {
        title: 'Decrypt and unpack',
        body: 'key.txt holds the line AGE-SECRET-KEY-… of the recovery sheet. age reports a file that is damaged or cut off: do not go on after an error.',
        label: 'the commands that unpack',
        code: 'mkdir unpacked && cd unpacked\nage -d -i ../key.txt ../backup.hf | tar x\n\n# with a passphrase instead of a key:   age -d ../backup.hf | tar x\n# not encrypted:                        tar xf ../backup.hf',
      },
      {
        title: 'Restore into a new database',
        body: 'A superuser is needed, as for every dump that holds owners and grants. The script refuses a database that exists, counts the rows of each part as it loads, and stops at the first difference.',
        label: 'the command that restores',
        code: 'PGHOST=db.example.org PGUSER=postgres sh restore.sh --dbname restored',
      },
      {
        title: 'Let it take the place',
        body: 'Look at the restored database first. Then stop what uses the old one, and rename both.',
        label: 'the statements that rename',
        code: 'ALTER DATABASE shop RENAME TO shop_before;\nALTER DATABASE restored RENAME TO shop;',
      },
    ],
    cli: 'With Holdfast’s own program and no service:',
    cliLabel: 'the command of Holdfast',
    cliCode: 'holdfast restore --from backup.hf --identity key.txt --to "host=db.example.org dbname=restored" --mode new',
  },
  codes: {
    title: 'What each code means',
    lead: 'Every message of Holdfast has a code, on this page, in the API, and in the logs of jobs.',
    search: 'Find a code',
    nothing: 'No code is like that. Clear the search to see all of them.',
    todo: 'What to do',
    all: codes,
  },
  more: {
    title: 'Where to read on',
    items: [
      ['man holdfast', 'the command line: backup, restore, verify, migrate, export, import, audit'],
      ['man holdfast-worker', 'the program that runs jobs'],
      ['man holdfast-api', 'the program that answers this page'],
    ] as readonly (readonly [string, string])[],
  },
};
