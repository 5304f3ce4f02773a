/** Where an axis is marked. All pure. */

const SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400];
const DAY = 86_400;
const TIMES = [1, 5, 15, 30, 60, 300, 900, 1_800, 3_600, 10_800, 21_600, 43_200, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 90 * DAY, 365 * DAY];

function round(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 5].find((each) => each * power >= rough) ?? 10) * power;
}

/** From nought to `most` or a little less, in some three round steps; `isTime`: as a clock has them. */
export function valueTicks(most: number, isTime: boolean): number[] {
  if (!(most > 0)) return [0];
  const rough = most / 3;
  const step = isTime && rough >= 1 ? (SECONDS.find((each) => each >= rough) ?? Math.ceil(rough / DAY) * DAY) : round(rough);
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, at) => at * step);
}

/** Not more than `count` times between two (seconds), at the full hours or days of the viewer's zone. */
export function timeTicks(from: number, to: number, count: number): { ticks: number[]; step: number } {
  const step = TIMES.find((each) => (to - from) / each <= count - 1) ?? Math.ceil((to - from) / (count - 1) / DAY) * DAY;
  const zone = (at: number) => new Date(at * 1000).getTimezoneOffset() * 60;
  const ticks: number[] = [];
  for (let wall = Math.ceil((from - zone(from)) / step) * step; ticks.length < count; wall += step) {
    const at = wall + zone(wall + zone(from)); // the zone as it is then: a day may have 23 hours
    if (at > to) break;
    if (at >= from) ticks.push(at);
  }
  return { ticks, step };
}
