/** Tables as files: chosen at a database, made by a job, downloaded by who may, and gone after a day. */
import { expect, picture, test } from '../support';

test('an administrator exports a table and downloads it from its job', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  await stage.sql(shop.name, `CREATE TABLE "People" AS SELECT i, 'name ' || i AS name FROM generate_series(1, 3) i`);
  const page = await as('admin');
  await page.goto(`/databases/${shop.database}`);
  await page.getByRole('button', { name: `Actions for ${shop.name}` }).click();
  await page.getByRole('menuitem', { name: 'Export tables' }).click();
  const dialog = page.getByRole('dialog', { name: `Export tables of ${shop.name}` });
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(dialog.getByRole('alert')).toHaveText('Choose at least one table.');
  await dialog.getByRole('checkbox', { name: 'Export public.People' }).check();
  await expect(dialog.getByRole('status')).toContainText('1 table chosen.');
  await dialog.getByRole('radio', { name: 'CSV' }).check();
  await picture(page, 'export-tables');
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();

  await expect(page).toHaveURL(/\/jobs\//);
  const files = page.getByRole('table', { name: 'Files' });
  await expect(files.getByRole('row', { name: 'public.People' })).toBeVisible({ timeout: 60_000 });
  await picture(page, 'export-files');
  const download = page.waitForEvent('download');
  await files.getByRole('button', { name: 'Download public.People.csv' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe('public.People.csv');
  const body = await (await file.createReadStream()).toArray();
  expect(Buffer.concat(body as Buffer[]).toString()).toBe('i,name\r\n1,name 1\r\n2,name 2\r\n3,name 3\r\n');

  const job = page.url().split('/').at(-1) ?? '';
  const operator = await as('operator');
  await operator.goto(`/jobs/${job}`);
  await expect(operator.getByRole('region', { name: 'Files' })).toContainText('An administrator can download them.');
  await expect(operator.getByRole('button', { name: /Download public/ })).toHaveCount(0);
  await operator.goto(`/databases/${shop.database}`);
  await operator.getByRole('button', { name: `Actions for ${shop.name}` }).click();
  await expect(operator.getByRole('menuitem', { name: 'Set the alarm' })).toBeVisible();
  await expect(operator.getByRole('menuitem', { name: 'Export tables' })).toHaveCount(0);

  await page.clock.setFixedTime(Date.now() + 2 * 86_400_000);
  await page.goto(`/jobs/${job}`);
  await expect(page.getByRole('region', { name: 'Files' })).toContainText('Their time is over');
  await expect(files.getByRole('button', { name: /Download/ })).toHaveCount(0);
});
