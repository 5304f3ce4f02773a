import type { Page } from '@playwright/test';
import { expect, test, traffic } from '../support';

const SECONDS = 60;

/** Printed, not asserted, but for the hidden tab. The job is a trial restore of an index that takes its time. */
test('what an idle page, a watched job and a hidden tab ask for in a minute', async ({ as, stage, organization }) => {
  test.setTimeout(420_000);
  const shop = await stage.shop(organization);
  await stage.sql(shop.name, `
    CREATE FUNCTION slow(n integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS
      $$BEGIN IF current_database() <> '${shop.name}' THEN PERFORM pg_sleep(0.03); END IF; RETURN n; END$$;
    CREATE INDEX ON orders (slow(id))`);
  const { body: made } = await stage.api<{ job_id: string }>(organization, 'POST', '/backups', { database_id: shop.database, key_ids: [shop.key] });
  expect(await stage.jobEnd(organization, made.job_id)).toBe('succeeded');
  const { body: found } = await stage.api<{ items: { id: string }[] }>(organization, 'GET', `/backups?job_id=${made.job_id}`);
  const page = await as('viewer');
  await page.goto('/');
  await expect(page.getByRole('table', { name: 'Databases' })).toBeVisible();
  await cost(page, 'idle overview');
  await page.goto('/logs');
  await expect(page.getByRole('table', { name: 'Backups and restores' })).toBeVisible();
  await cost(page, 'idle DB Logs');
  const { body: job } = await stage.api<{ job_id: string }>(organization, 'POST', `/backups/${found.items[0]?.id ?? ''}/verify`, { restore_to_server_id: shop.server });
  await page.goto(`/jobs/${job.job_id}`);
  await expect(page.getByRole('progressbar').first()).toBeVisible({ timeout: 20_000 });
  await cost(page, 'watched job');
  await hide(page);
  expect(await cost(page, 'watched job in a hidden tab', 20)).toBe(0);
});

/** TanStack asks the document whether it is seen: a headless tab always is. */
async function hide(page: Page): Promise<void> {
  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
    window.dispatchEvent(new Event('visibilitychange'));
  });
}

async function cost(page: Page, name: string, seconds = SECONDS): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  await session.send('HeapProfiler.enable');
  const now = async () => {
    await session.send('HeapProfiler.collectGarbage');
    const { metrics } = await session.send('Performance.getMetrics');
    const of = (what: string) => metrics.find((each) => each.name === what)?.value ?? 0;
    return { heap: of('JSHeapUsedSize'), busy: of('TaskDuration') };
  };
  await page.waitForTimeout(2_000);
  const seen = await traffic(page);
  const before = await now();
  await page.waitForTimeout(seconds * 1000);
  const after = await now();
  const [requests, bytes] = [seen.requests, seen.bytes];
  await seen.end();
  await session.detach();
  const minute = 60 / seconds;
  console.log(
    `${name}: ${String(requests * minute)} requests and ${String(Math.round((bytes * minute) / 1000))} kB a minute, ` +
      `${(((after.busy - before.busy) * 100) / seconds).toFixed(1)} % of a core, heap ${(before.heap / 1e6).toFixed(1)} to ${(after.heap / 1e6).toFixed(1)} MB`,
  );
  return requests;
}
