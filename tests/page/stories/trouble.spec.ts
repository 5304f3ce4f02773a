import { mkdirSync, renameSync, rmdirSync } from 'node:fs';
import { expect, picture, test } from '../support';

const UTC = /\d{4}-\d\d-\d\dT\d\d:\d\d/;

test('a disk that is gone is said by the backup, the storage and the overview, takes nobody off the page, and is over when it is back', async ({ as, stage, organization, guard }) => {
  guard.allow(/status of 502 .*\/download/);
  const shop = await stage.shop(organization);
  const backUp = async () => {
    const { body } = await stage.api<{ job_id: string }>(organization, 'POST', '/backups', { database_id: shop.database });
    return { id: body.job_id, state: await stage.jobEnd(organization, body.job_id) };
  };
  expect((await backUp()).state).toBe('succeeded');
  const folder = `${stage.where.storage}/${organization}`;
  renameSync(folder, `${folder}-away`);
  const { id, state } = await backUp();
  expect(state).toBe('failed');
  const page = await as('operator');
  await page.goto(`/jobs/${id}`);
  await expect(page.getByRole('alert', { name: 'Backup failed' })).toContainText('is its disk mounted there?');
  await page.goto('/');
  const use = page.getByRole('region', { name: 'Storage use' });
  await expect(use).toContainText('Failed');

  await page.goto('/logs');
  await page.getByRole('button', { name: new RegExp(`^Actions for ${shop.name}-`) }).click();
  await page.getByRole('menuitem', { name: 'Download' }).click();
  await expect(page.getByRole('alert')).toContainText('cannot be had from the storage disk');
  await expect(page).toHaveURL(/\/logs$/);
  // It goes between the link and its use: the browser says so, and the page stays.
  await page.route('**/api/v1/backups/*/download', (route) => route.fulfill({ status: 201, json: { url: '/api/v1/downloads/hfl_gone', expires_at: '2040-01-01T00:00:00.000000Z' } }));
  const given = page.waitForEvent('download');
  await page.getByRole('button', { name: new RegExp(`^Actions for ${shop.name}-`) }).click();
  await page.getByRole('menuitem', { name: 'Download' }).click();
  expect(await (await given).failure()).not.toBeNull();
  await expect(page.getByRole('heading', { name: 'DB Logs', level: 1 })).toBeVisible();
  await expect(page).toHaveURL(/\/logs$/);

  mkdirSync(folder, { recursive: true });
  rmdirSync(folder);
  renameSync(`${folder}-away`, folder);
  expect((await backUp()).state).toBe('succeeded');
  await page.goto('/');
  await expect(use).toContainText('Works');
});

test('what a job waits for is said everywhere in the viewer’s own time, and what to do', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  await stage.stopWorker();
  const { body } = await stage.api<{ job_id: string }>(organization, 'POST', '/backups', { database_id: shop.database });
  const page = await as('viewer');
  await page.goto('/');
  const now = page.getByRole('region', { name: 'Running now' });
  await expect(now).toContainText('start one with --pool default');
  await stage.catalog(`UPDATE job SET not_before = now() + interval '2 days', attempt = 1, started_at = now(), error = '{"code": "network", "message": "the server does not answer"}' WHERE id = '${body.job_id}'`);
  await page.reload();
  await expect(now).toContainText(/The next attempt \d+ \w+ \d{4}, \d\d:\d\d/);
  await expect(now).not.toContainText(UTC);
  await page.getByRole('button', { name: 'Jobs: 1 running' }).click();
  const tray = page.getByRole('dialog');
  await expect(tray).toContainText('the next attempt');
  await expect(tray).not.toContainText(UTC);
  await page.goto('/jobs');
  const row = page.getByRole('row', { name: new RegExp(`Backup of ${shop.name}`) });
  await expect(row).toContainText('It waits for the next attempt');
  await expect(row).not.toContainText(UTC);
  await page.goto(`/jobs/${body.job_id}`);
  await expect(page.getByRole('alert').filter({ hasText: 'It waits for its turn' })).toContainText(/the next attempt \d+ \w+ \d{4}, \d\d:\d\d\./);
  await expect(page.getByText('The server does not answer')).toBeVisible();
  await picture(page, 'job-again');
  await stage.catalog(`UPDATE job SET state = 'cancelled', ended_at = now() WHERE id = '${body.job_id}'`);
  await stage.startWorker();
});
