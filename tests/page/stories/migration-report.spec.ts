import { readFileSync } from 'node:fs';
import { expect, picture, test } from '../support';

const EVENTS = `
  CREATE TABLE event (id int PRIMARY KEY, note text);
  INSERT INTO event SELECT i, 'number ' || i FROM generate_series(1, 300) i;
  ANALYZE`;

test('tables that are not equal are told with the rows of both sides, and which they are', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  await stage.sql(shop.name, EVENTS);
  const there = await stage.mssql(`${organization}_there`);
  const { body: server } = await stage.api<{ id: string }>(organization, 'POST', '/mssql-servers', {
    name: 'warehouse', address: there.address, username: there.username, tls_root: there.root, password: there.password,
  });
  const migrate = async () => {
    const asked = { database_id: shop.database, mssql_server_id: server.id, database_name: there.database };
    const { body } = await stage.api<{ job_id: string }>(organization, 'POST', '/migrations', asked);
    expect(await stage.jobEnd(organization, body.job_id)).toBe('failed');
    return body.job_id;
  };
  await stage.mssqlFull('batch', 'SELECT .id., .note. FROM .dbo...event');
  await migrate();
  await stage.mssqlSql(there.database, "DELETE FROM event WHERE id = 7; UPDATE event SET note = N'another' WHERE id = 9");
  const job = await migrate();
  const page = await as('operator');
  await page.goto(`/jobs/${job}`);
  await expect(page.getByRole('heading', { name: 'Not equal: 1 table differs' })).toBeVisible();
  await expect(page.getByRole('alert').filter({ hasText: 'Which they are' })).toContainText('id=7 is missing in the target');
  const table = page.getByRole('table', { name: 'Tables read back' });
  await expect(table.getByRole('row', { name: /public\.event .* 300 at the source, 299 there [0-9a-f]+ *there [0-9a-f]+ *differs.*id=7 is missing in the target; id=9 differs in note/ })).toBeVisible();
  await expect(table.getByRole('row', { name: /public\.orders .* 5,000 [0-9a-f]+ *equal/ })).toBeVisible();
  await picture(page, 'job-migration-differs');

  // The same as a page that needs nothing else: it is printed, on paper of A4, as it was saved.
  const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Report to save and print' }).click()]);
  expect(saved.suggestedFilename()).toBe('report.html');
  await page.goto('about:blank');
  await page.setContent(readFileSync(await saved.path(), 'utf8'));
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await page.screenshot({ path: '../../build/screenshots/migration-report-390.png', fullPage: true });
  await page.setViewportSize({ width: 718, height: 1000 }); // without its margins
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByRole('heading', { level: 1, name: `${shop.name} to SQL Server` })).toBeVisible();
  await expect(page.getByText(`Into ${there.database} at ${there.address}. This report is of 20`)).toBeVisible();
  await expect(page.getByRole('row', { name: /^public\.event \[dbo\]\.\[event\] 300, 299 there [0-9a-f]{32}, [0-9a-f]{32} there differs$/ })).toBeVisible();
  await expect(page.getByText('public.event: id=7 is missing in the target; id=9 differs in note', { exact: true })).toBeVisible();
  for (const row of await page.getByRole('row').all()) await expect(row).toBeVisible();
  expect(await page.evaluate(() => Math.max(...[...document.querySelectorAll('th, td')].map((cell) => cell.getBoundingClientRect().right)))).toBeLessThanOrEqual(718);
  await page.screenshot({ path: '../../build/screenshots/migration-report-print.png', fullPage: true });
});

test('rows that are refused are left out up to a limit, counted, named, and saved as a file', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  await stage.sql(shop.name, EVENTS);
  const there = await stage.mssql(`${organization}_there`);
  await stage.api(organization, 'POST', '/mssql-servers', { name: 'warehouse', address: there.address, username: there.username, tls_root: there.root, password: there.password });
  const page = await as('operator');
  await page.goto('/migrate');
  await page.getByRole('radio', { name: 'SQL Server' }).check();
  await page.getByRole('textbox', { name: 'Database there' }).fill(there.database);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByLabel('Rows that SQL Server refuses all the same').fill('3');
  await page.getByRole('button', { name: 'Assess it' }).click();
  await page.getByRole('button', { name: 'Continue' }).click({ timeout: 60_000 });
  const go = async () => {
    await page.getByRole('textbox', { name: `Type ${there.database} to confirm` }).fill(there.database);
    await page.getByRole('button', { name: 'Migrate now' }).click();
  };
  await stage.mssqlFull('bulk end', 'event'); // its table is there then
  await go();
  await expect(page.getByRole('link', { name: 'Try again' })).toBeVisible({ timeout: 120_000 });
  await stage.mssqlSql(there.database, 'ALTER TABLE event ADD CONSTRAINT refused CHECK (id NOT IN (50, 70))');
  await page.getByRole('link', { name: 'Try again' }).click();
  await go();
  await expect(page.getByText('Proved equal: 3 tables, 5,798 rows')).toBeVisible({ timeout: 120_000 });
  await expect(page.getByText('2 rows left out, as SQL Server refuses them')).toBeVisible();
  const refused = page.getByRole('table', { name: 'Rows that were refused' });
  for (const id of [50, 70]) await expect(refused.getByRole('row', { name: new RegExp(`public\\.event id=${String(id)} .*refused`) })).toBeVisible();
  await picture(page, 'job-migration-refused');
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save them as a file' }).click()]);
  expect(file.suggestedFilename()).toMatch(/^refused-[0-9a-f-]{36}\.jsonl$/);
  const rows = readFileSync(await file.path(), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as { table: string; key: string; row: string });
  expect(rows.map(({ table, key, row }) => [table, key, row])).toEqual([
    ['public.event', 'id=50', '50\tnumber 50'],
    ['public.event', 'id=70', '70\tnumber 70'],
  ]);
});
