import { Tooltip } from '@mantine/core';
import { useRef, useState, useSyncExternalStore } from 'react';
import { halfMinutes } from '@/shared/lib/halfMinutes';
import { local, relative, utc } from '@/shared/lib/time';
import * as units from '@/shared/lib/units';

/**
 * A time. `as` chooses how it reads; hovering or touching it shows the viewer's local time and the exact UTC. The tooltip is
 * made only then: a table has dozens of times.
 */
export function When({ at, as = 'relative', none = 'never' }: { at: string | null | undefined; as?: 'relative' | 'local'; none?: string }) {
  const [isNear, setNear] = useState(false);
  const time = useRef<HTMLTimeElement>(null);
  if (!at) return <span>{none}</span>;
  return (
    <>
      <time
        ref={time}
        dateTime={at}
        title={isNear ? undefined : utc(at)}
        onPointerEnter={() => {
          setNear(true);
        }}
        onPointerLeave={() => {
          setNear(false);
        }}
      >
        {as === 'relative' ? <Relative at={at} /> : local(at)}
      </time>
      {isNear && <Tooltip opened target={time} label={`${local(at)} here · ${utc(at)}`} />}
    </>
  );
}

/** Drawn again twice a minute, so that "2 minutes ago" stays true. */
function Relative({ at }: { at: string }) {
  useSyncExternalStore(halfMinutes.subscribe, halfMinutes.get);
  return relative(at);
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
