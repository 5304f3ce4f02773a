import { IconActivity, IconAlertTriangle, IconArchive, IconCircleX, IconShieldCheck } from '@tabler/icons-react';
import type { ComponentType } from 'react';
import { Link } from 'react-router-dom';
import { isProtected } from '@/entities/database';
import type { Database } from '@/entities/database';
import { useFailedJobs, useOpenJobs } from '@/entities/job';
import { useAllStorages } from '@/entities/storage';
import { count, counted, size } from '@/shared/lib/units';
import { texts } from '@/shared/texts';
import type { Tone } from '@/shared/ui';
import { within } from './lately';
import classes from './OverviewPage.module.css';

const words = texts.overview.tiles;
const FAILED = 50;

/** How it stands in five numbers; each leads to what it counts. */
export function Tiles({ databases }: { databases: readonly Database[] }) {
  const jobs = useOpenJobs().data;
  const failed = useFailedJobs(FAILED).data;
  const storages = useAllStorages().data;
  const alarms = databases.filter(({ alarm }) => alarm).length;
  const safe = databases.filter(isProtected).length;
  const running = jobs?.filter(({ state }) => state === 'running').length ?? 0;
  const waiting = (jobs?.length ?? 0) - running;
  const failures = failed ? within(failed, 24).length : 0;
  const bytes = storages?.reduce((sum, { use }) => sum + use.bytes, 0);
  const files = storages?.reduce((sum, { use }) => sum + use.backups, 0) ?? 0;
  return (
    <ul className={classes.tiles} aria-label={words.label}>
      <Tile icon={IconShieldCheck} tone={safe === databases.length ? 'ok' : 'quiet'} name={words.protected} number={count(safe)} hint={words.protectedOf(counted(databases.length, 'database'))} />
      <Tile icon={IconAlertTriangle} tone={alarms > 0 ? 'bad' : 'quiet'} name={words.alarms} number={count(alarms)} hint={alarms > 0 ? words.alarm : safe === databases.length ? words.noAlarm : words.unbacked(counted(databases.length - safe, 'database'))} to={alarms > 0 ? '/?state=alarm' : undefined} />
      <Tile icon={IconActivity} tone={running > 0 ? 'busy' : 'quiet'} name={words.running} number={count(running)} hint={waiting > 0 ? words.waiting(waiting) : running > 0 ? words.look : words.nothingRuns} to="/jobs" />
      <Tile
        icon={IconCircleX}
        tone={failures > 0 ? 'bad' : 'quiet'}
        name={words.failed}
        number={failures === FAILED ? `${count(FAILED)}+` : count(failures)}
        hint={failures > 0 ? words.look : words.nothingFailed}
        to="/jobs?state=failed"
      />
      <Tile icon={IconArchive} tone="quiet" name={words.storage} number={bytes === undefined ? '–' : size(bytes)} hint={words.storageHint(counted(files, 'file'))} to="/storages" />
    </ul>
  );
}

interface TileProps {
  icon: ComponentType<{ size?: number; 'aria-hidden'?: boolean }>;
  tone: Tone;
  name: string;
  number: string;
  hint: string;
  to?: string | undefined;
}

function Tile({ icon: Icon, tone, name, number, hint, to }: TileProps) {
  const content = (
    <>
      <span className={classes.name}>
        <Icon size={16} aria-hidden />
        {name}
      </span>
      <span className={classes.number}>{number}</span>
      <span className={classes.hint}>{hint}</span>
    </>
  );
  return (
    <li>
      {to ? (
        <Link to={to} className={classes.tile} data-tone={tone}>
          {content}
        </Link>
      ) : (
        <div className={classes.tile} data-tone={tone}>
          {content}
        </div>
      )}
    </li>
  );
}
