import { Tooltip } from '@mantine/core';
import { useEffect, useState } from 'react';
import { local, relative, utc } from '@/shared/lib/time';
import * as units from '@/shared/lib/units';

/** A time. `as` chooses how it reads; hovering or focusing it shows the viewer's local time and the exact UTC. */
export function When({ at, as = 'relative', none = 'never' }: { at: string | null | undefined; as?: 'relative' | 'local'; none?: string }) {
  useTick(as === 'relative' && Boolean(at));
  if (!at) return <span>{none}</span>;
  return (
    <Tooltip label={`${local(at)} here · ${utc(at)}`} events={{ hover: true, focus: true, touch: true }}>
      <time dateTime={at} title={utc(at)} tabIndex={-1}>
        {as === 'relative' ? relative(at) : local(at)}
      </time>
    </Tooltip>
  );
}

/** Draws again twice a minute, so that "2 minutes ago" stays true. */
function useTick(isOn: boolean): void {
  const [, setTick] = useState(0);
  useEffect(() => {
    if (!isOn) return undefined;
    const timer = setInterval(() => {
      setTick((tick) => tick + 1);
    }, 30_000);
    return () => {
      clearInterval(timer);
    };
  }, [isOn]);
}

export function Size({ bytes }: { bytes: number | null | undefined }) {
  if (bytes === null || bytes === undefined) return <span>–</span>;
  return (
    <span className="tabular" title={units.counted(bytes, 'byte')}>
      {units.size(bytes)}
    </span>
  );
}

export function Rate({ bytesPerSecond }: { bytesPerSecond: number | null | undefined }) {
  return <span className="tabular">{bytesPerSecond === null || bytesPerSecond === undefined ? '–' : units.rate(bytesPerSecond)}</span>;
}

export function Duration({ seconds }: { seconds: number | null | undefined }) {
  return <span className="tabular">{seconds === null || seconds === undefined ? '–' : units.duration(seconds)}</span>;
}

export function Count({ value }: { value: number | null | undefined }) {
  return <span className="tabular">{value === null || value === undefined ? '–' : units.count(value)}</span>;
}
