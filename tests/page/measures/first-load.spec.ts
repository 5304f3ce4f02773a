import { expect, test } from '../support';
import { traffic } from './traffic';

const BOUND = 350_000;

test('the first load with an empty cache is under 350 kB', async ({ stranger, as }) => {
  const atSignIn = await traffic(stranger);
  await stranger.goto('/', { waitUntil: 'networkidle' });
  const page = await as('admin');
  const atHome = await traffic(page);
  await page.goto('/', { waitUntil: 'networkidle' });
  for (const [name, { bytes, requests }] of [['sign in', atSignIn], ['overview', atHome]] as const) {
    console.log(`first load, ${name}: ${String(Math.round(bytes / 1000))} kB in ${String(requests)} requests`);
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThan(BOUND);
  }
});
