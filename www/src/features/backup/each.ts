import { logs as logTexts } from '@/shared/texts/logs';
import { notifyProblem } from '@/shared/ui';
import { Problem } from '@/shared/api';

/** Does something to several, one after the other; the first refusal is told with how many there were. Gives how many went well. */
export async function forEachOf<Thing>(things: readonly Thing[], act: (thing: Thing) => Promise<unknown>): Promise<number> {
  let done = 0;
  const failures: unknown[] = [];
  for (const thing of things) {
    try {
      await act(thing);
      done += 1;
    } catch (error) {
      failures.push(error);
    }
  }
  const first = failures[0];
  if (things.length === 1 && first) throw first as Error;
  if (first instanceof Problem) notifyProblem(new Problem({ ...first, title: `${logTexts.failedSome(failures.length)}: ${first.title}` }));
  else if (first) notifyProblem(first);
  return done;
}
