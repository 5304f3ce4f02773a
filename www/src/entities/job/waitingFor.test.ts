import { expect, it } from 'vitest';
import { local } from '@/shared/lib/time';
import { waitingFor } from './waitingFor';

it('has the time of the viewer’s own clock', () => {
  const at = '2026-11-22T06:48:34.123456Z';
  expect(waitingFor(`the next attempt at ${at}`)).toEqual({ what: `the next attempt ${local(at)}`, job: undefined });
  expect(waitingFor(`a worker of the pool eu: none serves it, and the last one was seen at ${at}; start one with --pool eu`).what).toBe(
    `a worker of the pool eu: none serves it, and the last one was seen ${local(at)}; start one with --pool eu`,
  );
});

it('tells a job apart from its id', () => {
  const id = '1cf95502-bd05-49db-86e9-8b1e2257d437';
  expect(waitingFor(`the restore job ${id}`)).toEqual({ what: 'the restore job', job: id });
});

it('leaves all else as it is', () => {
  expect(waitingFor('one of the 2 jobs of the server main')).toEqual({ what: 'one of the 2 jobs of the server main', job: undefined });
});
