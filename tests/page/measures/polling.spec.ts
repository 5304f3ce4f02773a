import { expect, test } from '../support';
import { traffic } from './traffic';

const SECONDS = 30;

test('requests a minute of an idle page, and of a watched job', async ({ as, stage, organization }) => {
  test.setTimeout(180_000);
  const shop = await stage.shop(organization);
  const page = await as('viewer');
  const rate = async (name: string) => {
    const seen = await traffic(page);
    await page.waitForTimeout(SECONDS * 1000);
    console.log(`${name}: ${String((seen.requests * 60) / SECONDS)} requests and ${String(Math.round((seen.bytes * 60) / SECONDS / 1000))} kB a minute`);
  };
  await page.goto('/', { waitUntil: 'networkidle' });
  await rate('idle overview');
  await stage.stopWorker();
  const { body } = await stage.api<{ job_id: string }>(organization, 'POST', '/backups', { database_id: shop.database, key_ids: [shop.key] });
  await page.goto(`/jobs/${body.job_id}`, { waitUntil: 'networkidle' });
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await rate('watched job');
  await stage.startWorker();
  expect(await stage.jobEnd(organization, body.job_id)).toBe('succeeded');
});
