import { List } from '@mantine/core';
import { useLastRestoreJob } from '@/entities/job';
import type { PreflightRequest } from '@/entities/restore';
import { counted, duration } from '@/shared/lib/units';
import { texts } from '@/shared/texts';
import { halted } from './values';

const words = texts.restore.confirm;
const { haltShort } = texts.restore.options;

/** What comes after the click, step by step, and how long it took the last time. */
export function WhatHappens({ request, name }: { request: PreflightRequest; name: string }) {
  const last = useLastRestoreJob(request.database_id).data;
  const halts = halted(request).map((part) => haltShort[part]);
  const isSwap = (request.mode ?? 'swap') === 'swap';
  const rows = last?.result?.rows;
  const steps = [
    ...(isSwap ? [words.load(name), words.swapped(name)] : []),
    ...(halts.length > 0 ? [(isSwap ? words.haltsSwap : words.haltsAll)(halts.join(', '))] : []),
    ...(isSwap ? [request.keep_old_s === undefined ? words.kept : words.keptFor(duration(request.keep_old_s))] : []),
    ...(last?.started_at && last.ended_at
      ? [words.took(duration(Math.ceil((Date.parse(last.ended_at) - Date.parse(last.started_at)) / 1000)), typeof rows === 'number' ? counted(rows, 'row') : '')]
      : []),
  ];
  if (steps.length === 0) return null;
  return (
    <List spacing={4} aria-label={words.happens} maw="48rem">
      {steps.map((step) => (
        <List.Item key={step}>{step}</List.Item>
      ))}
    </List>
  );
}
