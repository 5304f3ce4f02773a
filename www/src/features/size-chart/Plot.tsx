import { useElementSize } from '@mantine/hooks';
import type { PointerEvent } from 'react';
import { local } from '@/shared/lib/time';
import classes from './SizeChart.module.css';
import { timeTicks, valueTicks } from './ticks';

interface PlotProps {
  title: string;
  /** Said instead of the picture. */
  label: string;
  times: readonly number[];
  values: readonly number[];
  say: (value: number) => string;
  kind: 'line' | 'bars';
  /** The point that is looked at, in all plots beside each other; null: none. */
  at: number | null;
  onPoint: (at: number | null) => void;
}

const HEIGHT = 170;
const BOX = { left: 76, top: 8, right: 12, bottom: HEIGHT - 26 };

/** One measure over time. The value at the pointer stands beside the title. */
export function Plot({ title, label, times, values, say, kind, at, onPoint }: PlotProps) {
  const { ref, width } = useElementSize();
  const time = at === null ? undefined : times[at];
  return (
    <figure className={classes.figure} ref={ref}>
      <figcaption className={classes.caption}>
        <span>{title}</span>
        <span className="tabular" aria-hidden>
          {time === undefined || at === null ? '' : `${say(values[at] ?? 0)} · ${local(new Date(time * 1000))}`}
        </span>
      </figcaption>
      <div role="img" aria-label={label} className={classes.plot}>
        {width > 0 && <Drawing width={width} times={times} values={values} say={say} kind={kind} at={at} onPoint={onPoint} />}
      </div>
    </figure>
  );
}

function Drawing({ width, times, values, say, kind, at, onPoint }: Omit<PlotProps, 'title' | 'label'> & { width: number }) {
  const [first, last] = [times[0] ?? 0, times.at(-1) ?? 0];
  const edge = Math.max(1, (last - first) / 40);
  const [from, to] = [first - edge, last + edge];
  const most = Math.max(...values) * 1.1 || 1;
  const x = (time: number) => BOX.left + ((time - from) / (to - from)) * (width - BOX.left - BOX.right);
  const y = (value: number) => BOX.bottom - (value / most) * (BOX.bottom - BOX.top);
  const points = times.map((time, i) => [x(time), y(values[i] ?? 0)] as const);
  const path = points.map(([px, py], i) => `${i === 0 ? 'M' : 'L'}${px.toFixed(1)} ${py.toFixed(1)}`).join('');
  const bar = Math.max(2, Math.min(14, ((width - BOX.left) / times.length) * 0.5));
  const { ticks, step } = timeTicks(from, to, Math.max(2, Math.floor(width / 95)));

  const point = (event: PointerEvent<SVGSVGElement>) => {
    const pointer = event.clientX - event.currentTarget.getBoundingClientRect().left;
    const distances = points.map(([px]) => Math.abs(px - pointer));
    onPoint(distances.indexOf(Math.min(...distances)));
  };
  const looked = at === null ? undefined : points[at];
  return (
    <svg
      width={width}
      height={HEIGHT}
      aria-hidden
      onPointerMove={point}
      onPointerDown={point}
      onPointerLeave={() => {
        onPoint(null);
      }}
    >
      {valueTicks(most, kind === 'bars').map((value) => (
        <g key={value}>
          <line className={classes.grid} x1={BOX.left} x2={width - BOX.right} y1={y(value)} y2={y(value)} />
          <text x={BOX.left - 8} y={y(value)} dy="0.32em" textAnchor="end">
            {say(value)}
          </text>
        </g>
      ))}
      {ticks.map((tick) => (
        <text key={tick} x={x(tick)} y={HEIGHT - 6} textAnchor="middle">
          {sayTime(tick, step)}
        </text>
      ))}
      {looked && <line className={classes.cursor} x1={looked[0]} x2={looked[0]} y1={BOX.top} y2={BOX.bottom} />}
      {kind === 'line' ? (
        <>
          <path className={classes.area} d={`${path}L${String(points.at(-1)?.[0] ?? 0)} ${String(BOX.bottom)}L${String(points[0]?.[0] ?? 0)} ${String(BOX.bottom)}Z`} />
          <path className={classes.line} d={path} />
          {points.map(([px, py], i) => (
            <circle key={times[i]} className={classes.dot} cx={px} cy={py} r={i === at ? 5 : points.length > 60 ? 1.5 : 2.5} />
          ))}
        </>
      ) : (
        points.map(([px, py], i) => (
          <rect key={times[i]} className={classes.bar} data-looked={i === at || undefined} x={px - bar / 2} y={py} width={bar} height={Math.max(1, BOX.bottom - py)} rx={1} />
        ))
      )}
    </svg>
  );
}

/** Days, or the times within one. */
function sayTime(seconds: number, step: number): string {
  const date = new Date(seconds * 1000);
  return step < 86_400
    ? date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', ...(step < 60 ? { second: '2-digit' } : {}) })
    : date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', ...(step >= 7_000_000 ? { year: '2-digit' } : {}) });
}
