import { expect, picture, test } from '../support';

test('from nothing to a first backup, each step tested', async ({ as, stage, organization }) => {
  const database = `${organization}_first`;
  await stage.sql('postgres', `CREATE DATABASE ${database}`);
  await stage.sql(database, 'CREATE TABLE customer AS SELECT i AS id FROM generate_series(1, 500) i');
  const page = await as('admin');
  await page.goto('/');
  await expect(page).toHaveURL(/\/welcome$/);
  const now = page.locator('li[aria-current=step]');
  await expect(now).toContainText('Add your PostgreSQL server');
  await picture(page, 'welcome');
  await now.getByLabel('Name', { exact: true }).fill('main');
  await now.getByLabel('Host').fill('127.0.0.1');
  await now.getByLabel('Port').fill(String(stage.where.port));
  await now.getByLabel('User', { exact: true }).fill('postgres');
  await now.getByRole('button', { name: 'Add and test' }).click();

  await expect(now).toContainText('Pick the databases');
  await now.getByRole('button', { name: `Register ${database}`, exact: true }).click();
  await now.getByRole('button', { name: 'Go on with these' }).click();

  await now.getByLabel('Name').fill('disk');
  await now.getByLabel('Folder').fill(`${stage.where.storage}/${organization}`);
  await now.getByRole('button', { name: 'Add and probe' }).click();

  await now.getByRole('button', { name: 'Make the key' }).click();
  await expect(now.getByRole('button', { name: 'Go on' })).toBeDisabled();
  await page.reload();
  await expect(now).toContainText('Make a key');
  await picture(page, 'welcome-key');
  const download = page.waitForEvent('download');
  await now.getByRole('button', { name: 'Download the recovery sheet' }).click();
  expect((await download).suggestedFilename()).toBe('holdfast-recovery-main.txt');
  await now.getByRole('checkbox', { name: /I have saved/ }).check();
  await now.getByRole('button', { name: 'Go on' }).click();

  await now.getByLabel('Keep the last').fill('0');
  await now.getByRole('button', { name: 'Make the schedule' }).click();
  await expect(now.getByText('A number from 1 to 100000.')).toBeVisible();
  await now.getByLabel('Keep the last').fill('7');
  await now.getByRole('button', { name: 'Make the schedule' }).click();

  await expect(now).toContainText('Take the first backup');
  await now.getByRole('button', { name: 'Back up now' }).click();
  await expect(page.getByRole('heading', { name: 'You are protected' })).toBeVisible({ timeout: 60_000 });
  await picture(page, 'welcome-done');
  await page.getByRole('link', { name: 'To the overview' }).click();
  await expect(page.getByRole('table', { name: 'Databases' }).getByRole('row', { name: database })).toContainText('Protected');
});

test('one leaves the guide, and comes back to it', async ({ as }) => {
  const page = await as('admin');
  await page.goto('/');
  await page.getByRole('link', { name: 'Leave the guide' }).click();
  await expect(page.getByRole('heading', { name: 'Nothing is protected yet' })).toBeVisible();
  await picture(page, 'overview-empty');
  await page.getByRole('link', { name: 'Begin' }).click();
  await expect(page).toHaveURL(/\/welcome$/);
});

test('a user who may read too little is told of before databases are picked', async ({ as, stage, organization }) => {
  const user = `${organization}_reader`;
  await stage.sql('postgres', `CREATE ROLE ${user} LOGIN`);
  await stage.api(organization, 'POST', '/servers', { name: 'main', host: '127.0.0.1', port: stage.where.port, username: user });
  const page = await as('admin');
  await page.goto('/');
  await expect(page.getByText('A server is there, but none of its databases is registered.')).toBeVisible();
  await page.getByRole('link', { name: 'Go on' }).click();
  const alert = page.getByRole('alert').filter({ hasText: `${user} may not do everything` });
  await expect(alert).toContainText('GRANT pg_read_all_data');
  await alert.getByRole('link', { name: 'Change or test the server' }).click();
  await expect(page.getByRole('heading', { name: 'main', level: 1 })).toBeVisible();
});
