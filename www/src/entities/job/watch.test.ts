import { describe, expect, it } from 'vitest';
import { grown } from './watch';

type Answer = Parameters<typeof grown>[1];
const line = (seq: number) => ({ seq, at: '2026-01-01T00:00:00Z', level: 'info' as const, message: String(seq) });
const answer = (seqs: number[]) => ({ state: 'running', log: seqs.map(line), cursor: seqs.at(-1) ?? 0 }) as unknown as Answer;

describe('the log of a watched job', () => {
  it('grows by what is new, each line once', () => {
    const first = grown(undefined, answer([1, 2]), '"a"');
    const second = grown(first, answer([2, 3]), '"b"');
    expect(second.lines.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(second.isWhole).toBe(false);
  });
  it('is whole when an answer brings nothing, and keeps its lines', () => {
    const first = grown(undefined, answer([1]), '"a"');
    const second = grown(first, answer([]), '"b"');
    expect(second.isWhole).toBe(true);
    expect(second.etag).toBe('"b"');
    expect(second.lines).toBe(first.lines);
  });
});
