import { Progress, Skeleton, Stack, Text } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import type { ReactNode } from 'react';
import { texts } from '@/shared/texts';
import { Finish } from './Finish';
import { Step } from './Step';
import type { SetUp } from './useSetUp';
import classes from './WelcomePage.module.css';

const words = texts.welcome;

// One step stands open: the others are not loaded with it.
const ServerStep = lazy(() => import('./placeSteps').then(({ ServerStep }) => ({ default: ServerStep })));
const DatabasesStep = lazy(() => import('./DatabasesStep').then(({ DatabasesStep }) => ({ default: DatabasesStep })));
const StorageStep = lazy(() => import('./placeSteps').then(({ StorageStep }) => ({ default: StorageStep })));
const KeyStep = lazy(() => import('./KeyStep').then(({ KeyStep }) => ({ default: KeyStep })));
const ScheduleStep = lazy(() => import('./ScheduleStep').then(({ ScheduleStep }) => ({ default: ScheduleStep })));
const BackupStep = lazy(() => import('./BackupStep').then(({ BackupStep }) => ({ default: BackupStep })));

interface Entry {
  title: string;
  lead: string;
  /** What there is now; null: it is to do. */
  done: string | null;
  content: ReactNode;
}

/** One step stands open: the first that is not done. */
export function Guide({ setUp }: { setUp: SetUp }) {
  const { server, databases, storage, key, schedule, backups } = setUp;
  // Two steps are left when one says so: more databases may be picked, and a sheet is to be saved.
  const [hasPicked, setPicked] = useState(databases.length > 0);
  const [hasSheet, setSheet] = useState(schedule !== undefined);
  const [isBackedUp, setBackedUp] = useState(backups.length > 0);
  const entries: Entry[] = [
    {
      ...words.server,
      done: server?.check?.ok ? words.server.done(server.name, server.check.version) : null,
      content: <ServerStep server={server} />,
    },
    {
      ...words.databases,
      done: databases.length > 0 && hasPicked ? words.databases.done(databases.length) : null,
      content: server && <DatabasesStep server={server} count={databases.length} onGo={() => { setPicked(true); }} />,
    },
    {
      ...words.storage,
      done: storage?.check?.ok ? words.storage.done(storage.name) : null,
      content: <StorageStep storage={storage} />,
    },
    {
      ...words.key,
      done: key && hasSheet ? words.key.done(key.name) : null,
      content: <KeyStep existing={key} onGo={() => { setSheet(true); }} />,
    },
    {
      ...words.schedule,
      lead: words.schedule.lead(databases.length),
      done: schedule ? words.schedule.done(schedule.name) : null,
      content: storage && key && <ScheduleStep databases={databases} storage={storage} keyId={key.id} />,
    },
    {
      ...words.backup,
      lead: words.backup.lead(schedule?.name ?? ''),
      done: isBackedUp ? words.backup.done(backups.length) : null,
      content: schedule && <BackupStep schedule={schedule} backups={backups} onDone={() => { setBackedUp(true); }} />,
    },
  ];
  const done = entries.filter((each) => each.done !== null).length;
  const now = entries.findIndex((each) => each.done === null);
  return (
    <Stack gap="md" maw="52rem">
      <div>
        <Text size="sm" c="dimmed" mb={4} role="status">
          {words.progress(done, entries.length)}
        </Text>
        <Progress value={(100 * done) / entries.length} size="sm" aria-label={words.progress(done, entries.length)} />
      </div>
      <ol className={classes.steps}>
        {entries.map((entry, at) => (
          <Step key={entry.title} number={at + 1} title={entry.title} lead={entry.lead} done={entry.done} isNow={at === now}>
            <Suspense fallback={<Skeleton h={160} />}>{entry.content}</Suspense>
          </Step>
        ))}
      </ol>
      {now === -1 && <Finish />}
    </Stack>
  );
}
