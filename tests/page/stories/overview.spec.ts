import { expect, picture, test } from '../support';

test('the overview says how it stands, and worst comes first', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  const { body: made } = await stage.api<{ job_id: string }>(organization, 'POST', '/backups', { database_id: shop.database, key_ids: [shop.key] });
  expect(await stage.jobEnd(organization, made.job_id)).toBe('succeeded');
  await stage.api(organization, 'POST', '/schedules', {
    name: 'nightly', interval_s: 86400, storage_id: shop.storage, key_ids: [shop.key], server_id: shop.server, database_pattern: `${shop.name}*`,
  });
  await stage.catalog(`
    INSERT INTO database (organization_id, server_id, name, created_by, created_at)
    SELECT organization_id, server_id, '${shop.name}_' || i, created_by, now() - interval '90 days' FROM database, generate_series(1, 40) i WHERE id = '${shop.database}';
    INSERT INTO backup (organization_id, name, path, storage_id, type, database_id, database_name, size_bytes, duration_ms, proof, created_at)
    SELECT b.organization_id, d.name || '-' || i, d.name || '-' || i, b.storage_id, 'scheduled', d.id, d.name,
           1000000 * (10 + length(d.name) * 3 + i * 2 + (i * 7919) % 5), 9000 + 370 * (i % 7), CASE WHEN i = 12 THEN 'verified' ELSE 'rows counted' END,
           now() - (12 - i) * interval '1 day' - interval '3 hours'
      FROM backup b, database d, generate_series(1, 12) i
     WHERE b.database_id = '${shop.database}' AND d.organization_id = b.organization_id AND d.name ~ '[1-9]$' AND d.id <> '${shop.database}';
    INSERT INTO job (organization_id, kind, database_id, state, created_by, created_at, ended_at, database_name, error)
    SELECT organization_id, 'backup', id, 'failed', 'schedule nightly', now() - interval '2 hours', now() - interval '2 hours', name,
           '{"code": "network", "message": "the server closed the connection in the middle of table orders"}' FROM database
     WHERE organization_id = (SELECT organization_id FROM database WHERE id = '${shop.database}') AND name ~ '_(10|20)$'`);
  const page = await as('viewer');
  await page.goto('/');
  const table = page.getByRole('table', { name: 'Databases' });
  await expect(table.getByRole('row')).toHaveCount(26);
  await expect(table.getByRole('row').nth(1)).toContainText('Alarm');
  await expect(page.getByRole('region', { name: 'What failed lately' })).toContainText('closed the connection');
  await expect(table.getByRole('img', { name: /from .* to .* in 12 backups/ }).first()).toBeVisible();
  await page.getByRole('region', { name: 'Storage use' }).scrollIntoViewIfNeeded(); // the chart is drawn when it comes into view
  await expect(page.getByRole('img', { name: /^Size\. .*All databases/ })).toBeVisible();
  await picture(page, 'overview');
  await page.getByRole('link', { name: /^Alarms/ }).click();
  await expect(table.getByText('Protected')).toHaveCount(0);
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await page.getByLabel('Search by name').fill(`${shop.name}_7`);
  await expect(table.getByRole('row')).toHaveCount(2);
  await table.getByRole('link', { name: `${shop.name}_7` }).click();
  await expect(page.getByRole('heading', { name: `${shop.name}_7`, level: 1 })).toBeVisible();
});

test('the next run is the schedule’s, and what runs is there while it does', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  const { body: schedule } = await stage.api<{ id: string }>(organization, 'POST', '/schedules', {
    name: 'nightly', interval_s: 28_800, storage_id: shop.storage, key_ids: [shop.key], database_ids: [shop.database],
  });
  await stage.catalog(`UPDATE schedule SET next_run_at = now() + interval '5 hours 30 minutes' WHERE id = '${schedule.id}'`);
  await stage.stopWorker();
  const { body: job } = await stage.api<{ job_id: string }>(organization, 'POST', '/backups', { database_id: shop.database });
  await stage.catalog(`UPDATE job SET state = 'running', attempt = 1, started_at = now(), lease_until = now() + interval '1 hour', phase = 'copying rows', progress = '{"percent":43.2,"lanes":[]}' WHERE id = '${job.job_id}'`);
  const page = await as('viewer');
  await page.goto('/');
  const row = page.getByRole('table', { name: 'Databases' }).getByRole('row', { name: shop.name });
  await expect(row.getByRole('cell', { name: 'in 5 hours' })).toBeVisible();
  const now = page.getByRole('region', { name: 'Running now' });
  await expect(now.getByRole('link', { name: `Backup of ${shop.name}` })).toBeVisible();
  await expect(now).toContainText('43%');
  await expect(now).toContainText('Copying rows');
  await stage.catalog(`UPDATE job SET state = 'failed', lease_until = NULL, ended_at = now(), error = '{"code":"network","message":"the server went away"}' WHERE id = '${job.job_id}'`);
  await stage.api(organization, 'POST', `/schedules/${schedule.id}/disable`);
  await page.reload();
  await expect(now).toContainText('Nothing runs at the moment.');
  await expect(page.getByRole('region', { name: 'What failed lately' })).toContainText('The server went away');
  await expect(row.getByRole('cell', { name: 'Not planned' })).toBeVisible();
  await stage.startWorker();
});

test('a database without a backup is not called protected', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  const page = await as('operator');
  await page.goto('/');
  const tile = (name: string) => page.getByRole('list', { name: 'In short' }).getByRole('listitem').filter({ hasText: new RegExp(`^${name}`) });
  await expect(tile('Protected')).toHaveText('Protected0of 1 database');
  await expect(tile('Alarms')).toHaveText('Alarms01 database without a backup yet');
  const row = page.getByRole('table', { name: 'Databases' }).getByRole('row', { name: shop.name });
  await expect(row).toContainText('No backup');
  const { body } = await stage.api<{ job_id: string }>(organization, 'POST', '/backups', { database_id: shop.database });
  expect(await stage.jobEnd(organization, body.job_id)).toBe('succeeded');
  await page.reload();
  await expect(tile('Protected')).toHaveText('Protected1of 1 database');
  await expect(tile('Alarms')).toHaveText('Alarms0Every database is protected');
  await expect(row).toContainText('Protected');
});
