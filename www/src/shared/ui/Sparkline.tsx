/** A line of a few numbers, the oldest first, as small as a word. `label` says it in words. */
export function Sparkline({ values, label, width = 96, height = 24 }: { values: readonly number[]; label: string; width?: number; height?: number }) {
  const most = Math.max(...values);
  const least = Math.min(...values);
  const points = values.map((value, at) => {
    const x = 3 + (at * (width - 6)) / Math.max(1, values.length - 1);
    const y = most === least ? height / 2 : height - 3 - ((value - least) * (height - 6)) / (most - least);
    return [x, y] as const;
  });
  const end = points.at(-1);
  return (
    <svg width={width} height={height} viewBox={`0 0 ${String(width)} ${String(height)}`} role="img" aria-label={label}>
      <title>{label}</title>
      <polyline
        points={points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')}
        fill="none"
        stroke="var(--mantine-color-anchor)"
        strokeWidth="1.5"
        strokeLinejoin="round"
        strokeLinecap="round"
      />
      {end && <circle cx={end[0]} cy={end[1]} r="2.25" fill="var(--mantine-color-anchor)" />}
    </svg>
  );
}
