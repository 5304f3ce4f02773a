import { Button, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMemo, useState } from 'react';
import type { Backup } from '@/entities/backup';
import { counted, duration, size } from '@/shared/lib/units';
import { texts } from '@/shared/texts';
import { Duration, Size, When } from '@/shared/ui';
import { Plot } from './Plot';
import { seriesOf } from './series';
import type { Point } from './series';
import classes from './SizeChart.module.css';

const words = texts.overview.chart;

/** How size and duration of backups have gone; the same as a table. With `byDay` the sums of each day, for many databases. */
export function SizeChart({ backups, name, byDay = false }: { backups: readonly Backup[]; name: string; byDay?: boolean }) {
  const [isTable, table] = useDisclosure(false);
  const [at, onPoint] = useState<number | null>(null);
  const looking = { at, onPoint };
  const points = useMemo(() => seriesOf(backups, byDay), [backups, byDay]);
  const columns = useMemo(
    () => ({
      times: points.map(({ at }) => new Date(at).getTime() / 1000),
      bytes: points.map(({ bytes }) => bytes),
      seconds: points.map(({ seconds }) => seconds),
    }),
    [points],
  );
  const first = points.at(0);
  const last = points.at(-1);
  if (!first || !last || points.length < 2) return <Text c="dimmed">{words.none}</Text>;
  const summary = words.summary(counted(backups.length, 'backup'), size(first.bytes), size(last.bytes), duration(last.seconds));
  return (
    <>
      <div className={classes.plots}>
        <Plot title={byDay ? words.sizeByDay : words.size} label={`${words.size}. ${words.label(name, summary)}`} times={columns.times} values={columns.bytes} say={size} kind="line" {...looking} />
        <Plot title={byDay ? words.durationByDay : words.duration} label={`${words.duration}. ${words.label(name, summary)}`} times={columns.times} values={columns.seconds} say={duration} kind="bars" {...looking} />
      </div>
      <Button variant="subtle" size="compact-sm" mt="xs" aria-expanded={isTable} onClick={table.toggle}>
        {isTable ? words.hide : words.show}
      </Button>
      {isTable && <PointTable points={points} byDay={byDay} />}
    </>
  );
}

function PointTable({ points, byDay }: { points: readonly Point[]; byDay: boolean }) {
  return (
    <div className={classes.scroll} tabIndex={0} role="group" aria-label={words.title}>
      <Table aria-label={words.title} verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{byDay ? words.columns.day : words.columns.at}</Table.Th>
            {byDay && <Table.Th ta="right">{words.columns.count}</Table.Th>}
            <Table.Th ta="right">{words.columns.size}</Table.Th>
            <Table.Th ta="right">{words.columns.took}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {[...points].reverse().map((point) => (
            <Table.Tr key={point.at}>
              <Table.Td>{byDay ? new Date(point.at).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' }) : <When at={point.at} as="local" />}</Table.Td>
              {byDay && <Table.Td ta="right">{point.count}</Table.Td>}
              <Table.Td ta="right">
                <Size bytes={point.bytes} />
              </Table.Td>
              <Table.Td ta="right">
                <Duration seconds={point.seconds} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
