import { useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { local } from '@/shared/lib/time';
import classes from './SizeChart.module.css';

interface PlotProps {
  title: string;
  /** Said instead of the picture. */
  label: string;
  times: readonly number[];
  values: readonly number[];
  say: (value: number) => string;
  kind: 'line' | 'bars';
}

const HEIGHT = 170;

/** One measure over time. The value below the pointer stands beside the title. */
export default function Plot({ title, label, times, values, say, kind }: PlotProps) {
  const { ref, width } = useElementSize();
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const scheme = useComputedColorScheme('light');
  const [at, setAt] = useState<number | null>(null);
  const isReady = width > 0;

  useEffect(() => {
    if (!host.current || !isReady) return undefined;
    const made = new uPlot(options({ say, kind, onPoint: setAt }), [[...times], [...values]], host.current);
    plot.current = made;
    return () => {
      made.destroy();
      plot.current = null;
    };
    // `scheme`: the colours are read from the page when it is drawn.
  }, [times, values, say, kind, scheme, isReady]);

  useEffect(() => {
    plot.current?.setSize({ width, height: HEIGHT });
  }, [width, times, values, scheme]);

  const time = at === null ? undefined : times[at];
  return (
    <figure className={classes.figure} ref={ref}>
      <figcaption className={classes.caption}>
        <span>{title}</span>
        <span className="tabular" aria-hidden>
          {time === undefined || at === null ? '' : `${say(values[at] ?? 0)} · ${local(new Date(time * 1000))}`}
        </span>
      </figcaption>
      <div ref={host} role="img" aria-label={label} className={classes.plot} />
    </figure>
  );
}

/** Days, or the times within one. */
function sayTime(seconds: number, step: number): string {
  const date = new Date(seconds * 1000);
  return step < 86_400
    ? date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', ...(step < 60 ? { second: '2-digit' } : {}) })
    : date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', ...(step >= 2_500_000 ? { year: '2-digit' } : {}) });
}

function options({ say, kind, onPoint }: Pick<PlotProps, 'say' | 'kind'> & { onPoint: (at: number | null) => void }): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis: uPlot.Axis = {
    stroke: colour('--mantine-color-dimmed'),
    grid: { stroke: colour('--hf-line'), width: 1 },
    ticks: { show: false },
    font: `12px ${style.fontFamily || 'sans-serif'}`,
  };
  const line = colour('--mantine-color-anchor');
  return {
    width: 300,
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, sync: { key: 'size-chart' }, drag: { x: false, y: false }, points: { size: 8 } },
    scales: { x: { range: (_, from, to) => [from - (to - from) / 40, to + (to - from) / 40] }, y: { range: (_, __, most) => [0, most > 0 ? most * 1.1 : 1] } },
    axes: [
      { ...axis, space: 80, values: (_, marks, __, ___, step) => marks.map((mark) => sayTime(mark, step)) },
      { ...axis, size: 76, values: (_, marks) => marks.map(say) },
    ],
    series: [
      {},
      {
        stroke: line,
        width: 2,
        fill: kind === 'bars' ? `${line}55` : `${line}18`,
        points: { show: kind === 'line', size: 5, fill: line },
        ...(kind === 'bars' && uPlot.paths.bars ? { paths: uPlot.paths.bars({ size: [0.5, 14, 2] }) } : {}),
      },
    ],
    hooks: {
      setCursor: [
        (self) => {
          onPoint(self.cursor.idx ?? null);
        },
      ],
    },
  };
}
