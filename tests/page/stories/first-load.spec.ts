import { expect, test, traffic } from '../support';

const BOUND = 350_000;
const PAGES = ['/', '/backup', '/logs', '/restore', '/migrate', '/jobs', '/keys', '/storages', '/servers', '/users', '/audit', '/settings', '/help', '/welcome', '/sessions'];

test('a first load with an empty cache is under 350 kB, wherever it begins', async ({ as, stage, organization, stranger }) => {
  const loads: string[] = [];
  const measure = async (page: typeof stranger, name: string, path: string) => {
    const seen = await traffic(page);
    await seen.forgetCache();
    await page.goto(path, { waitUntil: 'networkidle' });
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    loads.push(`${name}: ${String(Math.round(seen.bytes / 1000))} kB in ${String(seen.requests)} requests`);
    expect(seen.bytes, `${name} asked for ${seen.list()}`).toBeLessThan(BOUND);
    expect(seen.bytes).toBeGreaterThan(50_000);
    await seen.end();
  };
  await measure(stranger, 'sign in', '/');
  const page = await as('admin');
  await measure(page, 'first steps, with nothing there', '/');
  const shop = await stage.shop(organization);
  for (let i = 0; i < 2; i += 1) {
    const { body } = await stage.api<{ job_id: string }>(organization, 'POST', '/backups', { database_id: shop.database, key_ids: [shop.key] });
    expect(await stage.jobEnd(organization, body.job_id)).toBe('succeeded');
  }
  for (const path of PAGES) await measure(page, path, path);
  console.log(`first loads:\n    ${loads.join('\n    ')}`);
});
