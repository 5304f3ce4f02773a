import { expect, test } from '../support';

const DATABASES = 500;

/** Printed, not asserted: what this machine gives says little of another one. */
test('measure: the overview with 500 databases', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  await stage.api(organization, 'POST', '/schedules', {
    name: 'nightly', interval_s: 86400, storage_id: shop.storage, key_ids: [shop.key], server_id: shop.server, database_pattern: '*',
    starts_at: '2100-01-01T00:00:00Z',
  });
  await stage.catalog(`
    INSERT INTO database (organization_id, server_id, name, created_at)
    SELECT organization_id, server_id, 'measured_' || i, now() - interval '90 days' FROM database, generate_series(2, ${String(DATABASES)}) i WHERE id = '${shop.database}';
    INSERT INTO backup (organization_id, name, path, storage_id, type, database_id, database_name, size_bytes, duration_ms, created_at)
    SELECT d.organization_id, d.name || '-' || i, d.name || '-' || i, '${shop.storage}', 'scheduled', d.id, d.name,
           1000000 * (10 + i), 9000, now() - i * interval '1 day' + interval '1 hour'
      FROM database d, generate_series(1, 12) i WHERE d.server_id = '${shop.server}'`);
  const page = await as('viewer');
  for (const cache of ['empty', 'warm']) {
    await page.goto('/');
    await expect(page.getByRole('table', { name: 'Databases' }).getByRole('img').nth(24)).toBeVisible({ timeout: 20_000 });
    await page.waitForLoadState('networkidle');
    const measured = await page.evaluate(
      () =>
        new Promise<{ firstPaint: number; lastLongTask: number; blocked: number; requests: number; kilobytes: number }>((resolve) => {
          new PerformanceObserver((list) => {
            const tasks = list.getEntries();
            const asked = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
            const ends = tasks.map((task) => task.startTime + task.duration);
            resolve({
              firstPaint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
              lastLongTask: Math.max(0, ...ends),
              blocked: tasks.reduce((sum, task) => sum + task.duration - 50, 0),
              requests: asked.length + 1,
              kilobytes: asked.reduce((sum, each) => sum + each.transferSize, 0) / 1000,
            });
          }).observe({ type: 'longtask', buffered: true });
          setTimeout(() => performance.mark('none'), 0);
          setTimeout(() => {
            resolve({ firstPaint: 0, lastLongTask: 0, blocked: 0, requests: performance.getEntriesByType('resource').length + 1, kilobytes: 0 });
          }, 2000);
        }),
    );
    const search = page.getByLabel('Search by name');
    const from = Date.now();
    await search.fill('measured_499');
    await expect(page.getByRole('table', { name: 'Databases' }).getByRole('row')).toHaveCount(2);
    const answered = Date.now() - from;
    await search.fill('');
    const ms = (value: number) => `${String(Math.round(value))} ms`;
    console.log(
      `overview, ${String(DATABASES)} databases, ${cache} cache: first paint ${ms(measured.firstPaint)}, interactive (end of the last long task) ` +
        `${ms(Math.max(measured.lastLongTask, measured.firstPaint))}, blocked ${ms(measured.blocked)}, ${String(measured.requests)} requests, ` +
        `${measured.kilobytes.toFixed(0)} kB; a search ${ms(answered)}`,
    );
  }
});
