import { expect, it } from 'vitest';
import { cronWords } from './cronWords';

it.each([
  ['30 3 * * *', 'every day at 03:30'],
  ['30 3 * * mon-fri', 'Monday to Friday at 03:30'],
  ['0 2,14 * * *', 'every day at 02:00 and 14:00'],
  ['0 4 * * 6,0', 'Saturday and Sunday at 04:00'],
  ['0 4 * * 1-7', 'Monday to Sunday at 04:00'],
  ['15 0 1,15 * *', 'on the 1st and 15th of the month at 00:15'],
  ['0 0 13 * fri', 'on the 13th of the month and on each Friday at 00:00'],
  ['0 5 */2 * *', 'every 2nd day of the month at 05:00'],
  ['*/15 * * * *', 'every 15 minutes'],
  ['*/15 8-18 * * mon-fri', 'every 15 minutes from 08:00 to 18:59, Monday to Friday'],
  ['* * * * *', 'every minute'],
  ['@hourly', 'every hour at minute 00'],
  ['20 */6 * * *', 'every 6 hours at minute 20'],
  ['5,35 6-20 * * *', 'every hour at minute 05 and 35 from 06:00 to 20:59'],
  ['0 3 1 jan,jul *', 'on the 1st of the month at 03:00, in January and July'],
  ['0 3 * 6-8 *', 'every day at 03:00, in June to August'],
  ['@weekly', 'Sunday at 00:00'],
])('%s is "%s"', (cron, said) => {
  expect(cronWords(cron)).toBe(said);
});

it.each(['0 3 */2 * fri', '0 3 * * */2', 'nonsense'])('of %s nothing is said: the expression speaks for itself', (cron) => {
  expect(cronWords(cron)).toBeNull();
});
