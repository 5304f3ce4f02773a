import { readFileSync } from 'node:fs';
import { expect, picture, test } from '../support';
import type { Shop } from '../support';

type Stage = import('../support/stage').Stage;

const start = async (stage: Stage, organization: string, shop: Shop, options: Record<string, number> = {}) =>
  (await stage.api<{ job_id: string }>(organization, 'POST', '/backups', { database_id: shop.database, key_ids: [shop.key], ...options })).body.job_id;

test('a job is watched: it waits, a worker dies, another one takes over; Holdfast is away for a while', async ({ as, stage, organization, guard }) => {
  guard.allow(/status of 503|ERR_CONNECTION/);
  const shop = await stage.shop(organization);
  await stage.sql(shop.name, 'INSERT INTO orders (note) SELECT string_agg(md5((i * 400 + j)::text), $$$$) FROM generate_series(1, 6000) i, generate_series(1, 400) j GROUP BY i');
  await stage.stopWorker();
  const job = await start(stage, organization, shop, { jobs: 1, level: 12 }); // some seconds, in which its worker dies
  const page = await as('operator');
  await page.goto(`/jobs/${job}`);
  await expect(page.getByRole('heading', { name: `Backup of ${shop.name}`, level: 1 })).toBeVisible();
  await expect(page.getByText('It waits for its turn')).toBeVisible();
  await picture(page, 'job-waiting');

  await stage.startWorker();
  await expect(page.getByRole('progressbar', { name: 'Progress' })).toBeVisible();
  await stage.killWorker();
  await stage.startWorker();
  await stage.stopApi();
  await expect(page.getByText('Holdfast does not answer; trying again.')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('heading', { name: `Backup of ${shop.name}`, level: 1 })).toBeVisible();
  await page.waitForTimeout(20_000);
  await stage.startApi();
  await expect(page.getByText('Holdfast does not answer; trying again.')).toBeHidden({ timeout: 60_000 });
  await expect(page.getByText('Succeeded').first()).toBeVisible({ timeout: 180_000 });
  await expect(page.getByText('attempt 2 of the backup begins')).toBeVisible();
});

test('lanes, rates and log of a job that runs; it survives a reload and a sign-in, and is cancelled', async ({ as, stage, organization, guard }) => {
  guard.allow(/status of 401/);
  const shop = await stage.shop(organization);
  await stage.stopWorker();
  const job = await start(stage, organization, shop);
  // What a worker would tell of a large database, so that there is time to look at it.
  await stage.catalog(`
    UPDATE job SET state = 'running', phase = 'copying rows', started_at = now() - interval '62 seconds', attempt = 1, log_seq = 120, lease_until = now() + interval '1 hour',
      progress = '{"percent":43.2,"rows":18432004,"bytes_in":5812000000,"bytes_out":1431000000,"rate_in":93700000,"rate_out":23100000,"elapsed_s":62,"left_s":83,"lanes":[{"label":"public.orders","percent":61.5},{"label":"public.order_lines (3 of 8)","percent":12},{"label":"audit.event","percent":97}]}'
    WHERE id = '${job}'`);
  await stage.catalog(`
    INSERT INTO job_log (job_id, seq, at, attempt, level, message)
    SELECT '${job}', i, now() - interval '1 minute' + i * interval '0.2 s', 1, CASE WHEN i = 40 THEN 'warning' ELSE 'info' END, 'line ' || i || ' of the story' FROM generate_series(1, 120) i`);
  const page = await as('operator');
  await page.goto(`/jobs/${job}`);
  await expect(page.getByRole('region', { name: 'In flight' }).getByText('public.order_lines')).toBeVisible();
  await expect(page.getByText('93.7 MB/s')).toBeVisible();
  await expect(page.getByText('about 2 min left')).toBeVisible();
  await picture(page, 'job-running');
  await page.reload();
  const log = page.getByRole('log', { name: 'Log' });
  await expect(log.getByText('line 120 of the story')).toBeVisible();
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByText(/Paused/)).toBeVisible();
  await page.getByRole('searchbox', { name: 'Search the log' }).fill('line 40 ');
  await expect(page.getByText('1 of 120 lines · Paused')).toBeVisible();
  // What comes while it is paused moves nothing, nor does a search that is over.
  await page.getByRole('searchbox', { name: 'Search the log' }).fill('');
  await stage.catalog(`INSERT INTO job_log (job_id, seq, at, attempt, level, message) VALUES ('${job}', 121, now(), 1, 'info', 'line 121 of the story')`);
  await stage.catalog(`UPDATE job SET log_seq = 121 WHERE id = '${job}'`);
  await expect(page.getByText('Paused; 1 new line since.')).toBeVisible();
  await expect(log.getByText('line 121 of the story')).toHaveCount(0);
  await page.getByRole('button', { name: 'Follow' }).click();
  await expect(log.getByText('line 121 of the story')).toBeVisible();
  await expect.poll(() => log.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight)).toBeLessThan(3);
  // Over plain http a page has no clipboard.
  await page.evaluate(() => { Object.defineProperty(navigator, 'clipboard', { value: undefined }); });
  await page.getByRole('button', { name: 'Copy' }).click();
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
  await page.getByRole('searchbox', { name: 'Search the log' }).press('Control+V');
  await expect(page.getByRole('searchbox', { name: 'Search the log' })).toHaveValue(/^2\S+Z info +line 1 of the story/);
  await page.getByRole('searchbox', { name: 'Search the log' }).fill('');
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download' }).click()]);
  expect(readFileSync(await file.path(), 'utf8').split('\n')).toHaveLength(122);

  await page.context().clearCookies();
  await expect(page.getByText('Your session has ended.')).toBeVisible({ timeout: 60_000 });
  await stage.forgetTries();
  await page.getByLabel('User name').fill(`${organization}-operator`);
  await page.getByRole('textbox', { name: 'Password' }).fill(stage.where.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(log.getByText('line 120 of the story')).toBeVisible();
  await page.getByRole('button', { name: 'Cancel the job' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel the job' }).click();
  await expect(page.getByText(/It is being cancelled/)).toBeVisible();
  await stage.catalog(`
    UPDATE job SET state = 'failed', lease_until = NULL, ended_at = now(), error = '{"code":"storage","message":"the disk of the storage is full: 0 bytes are free"}' WHERE id = '${job}'`);
  await expect(page.getByRole('alert', { name: 'Backup failed' })).toContainText('The disk of the storage is full', { timeout: 60_000 });
  await picture(page, 'job-failed');
  await stage.startWorker();
});

test('a job that is none says so; a viewer cancels nothing', async ({ as, stage, organization, guard }) => {
  guard.allow(/status of 404/);
  const shop = await stage.shop(organization);
  await stage.stopWorker();
  const job = await start(stage, organization, shop);
  const page = await as('viewer');
  await page.goto(`/jobs/${job}`);
  await expect(page.getByText('It waits for its turn')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Cancel the job' })).toHaveCount(0);
  await stage.startWorker();
  await page.goto('/jobs/00000000-0000-4000-8000-000000000000');
  await expect(page.getByRole('alert')).toContainText('not-found');
});
