import { expect, picture, test } from '../support';

test('a server is added, tested step by step, mended, and its databases registered', async ({ as, stage, organization, guard }) => {
  const database = `${organization}_web`;
  await stage.sql('postgres', `CREATE DATABASE ${database}`);
  const page = await as('admin');
  await page.goto('/servers');
  await expect(page.getByRole('heading', { name: 'No server yet' })).toBeVisible();
  await page.getByRole('button', { name: 'Add a server' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a server' });
  await dialog.getByLabel('Host').fill('postgres://two words');
  await dialog.getByLabel('Port').fill('70000');
  await dialog.getByRole('button', { name: 'Add and test' }).click();
  for (const complaint of ['Give it a name.', 'Give a name or an address', 'A number from 1 to 65535.', 'Give the name of a user.']) {
    await expect(dialog.getByText(complaint)).toBeVisible();
  }
  await dialog.getByLabel('Name', { exact: true }).fill('Web shop');
  await dialog.getByLabel('Host').fill('127.0.0.1');
  await dialog.getByLabel('Port').fill('1');
  await dialog.getByLabel('User', { exact: true }).fill('postgres');
  await dialog.getByRole('button', { name: 'Add and test' }).click();
  await expect(dialog.getByRole('list', { name: 'Steps of the test' })).toContainText('refused');
  await picture(page, 'server-form-failed');
  await dialog.getByLabel('Port').fill(String(stage.where.port));
  await dialog.getByRole('button', { name: 'Save and test' }).click();
  await expect(page.getByText('Web shop is saved, and the test went well.')).toBeVisible();

  await expect(page.getByRole('heading', { name: 'Web shop', level: 1 })).toBeVisible();
  const found = page.getByRole('table', { name: 'Databases on the server' });
  await found.getByRole('button', { name: `Register ${database}`, exact: true }).click();
  await expect(page.getByText('1 database is registered.')).toBeVisible();
  await expect(found.getByRole('row', { name: database })).toContainText('Registered');
  await page.getByRole('button', { name: 'Test now' }).click();
  await picture(page, 'server');

  guard.allow(/status of 4\d\d .*\/servers\//);
  await page.getByRole('button', { name: 'Delete' }).click();
  const question = page.getByRole('dialog', { name: 'Delete the server Web shop?' });
  await question.getByRole('button', { name: 'Delete' }).click();
  await expect(question.getByRole('alert')).toBeVisible();
  await question.getByRole('button', { name: 'Cancel' }).click();
  await found.getByRole('link', { name: database }).click();
  await page.getByRole('button', { name: `Actions for ${database}` }).click();
  await page.getByRole('menuitem', { name: 'Take out' }).click();
  await page.getByLabel(`Type ${database} to confirm`).fill(database);
  await page.getByRole('button', { name: 'Take out' }).click();
  await expect(page.getByRole('heading', { name: 'Web shop', level: 1 })).toBeVisible();
  await page.getByRole('button', { name: 'Delete' }).click();
  await question.getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByRole('heading', { name: 'No server yet' })).toBeVisible();
});

test('a viewer sees servers and databases, and no button that would be refused', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  const page = await as('viewer');
  await page.goto('/servers');
  await expect(page.getByRole('table', { name: 'Servers', exact: true })).toContainText('Works');
  await expect(page.getByRole('button', { name: 'Add a server' })).toHaveCount(0);
  await picture(page, 'servers');
  await page.getByRole('link', { name: 'main' }).click();
  for (const name of ['Test now', 'Edit', 'Delete', 'Look again']) await expect(page.getByRole('button', { name })).toHaveCount(0);
  await page.getByRole('link', { name: shop.name }).click();
  await expect(page.getByRole('heading', { name: shop.name, level: 1 })).toBeVisible();
  for (const name of ['Back up now', `Actions for ${shop.name}`]) await expect(page.getByRole('button', { name })).toHaveCount(0);
});

test('a database is backed up, its alarm set, and its history seen', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  const page = await as('operator');
  await page.goto(`/databases/${shop.database}`);
  await page.getByRole('button', { name: 'Back up now' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Back up', exact: true }).click();
  const backups = page.getByRole('table', { name: 'Backups' });
  await expect(backups.getByText('Good')).toBeVisible({ timeout: 60_000 });
  await stage.catalog(`
    INSERT INTO backup (organization_id, name, path, storage_id, type, database_id, database_name, size_bytes, duration_ms, created_at)
    SELECT organization_id, 'b' || i, 'b' || i, storage_id, type, database_id, database_name, size_bytes * (20 + i) / 30, 800 + 37 * (i % 7),
           now() - (30 - i) * interval '1 day' FROM backup, generate_series(1, 29) i WHERE database_id = '${shop.database}'`);
  await stage.catalog(`UPDATE database SET retention_paused = 'The newest backup is under half the size of the one before.'
                       WHERE id = '${shop.database}'`);
  await page.reload();
  await expect(page.getByRole('note', { name: 'Old backups are not deleted' })).toContainText('under half the size');
  await expect(page.getByRole('img', { name: /^Size\. / })).toBeVisible();
  await page.getByRole('button', { name: 'Show as a table' }).click();
  await expect(page.getByRole('table', { name: 'Size and duration over time' }).getByRole('row')).toHaveCount(31);
  await page.getByRole('button', { name: 'Hide the table' }).click();
  await page.getByRole('button', { name: `Actions for ${shop.name}` }).click();
  await page.getByRole('menuitem', { name: 'Set the alarm' }).click();
  const dialog = page.getByRole('dialog', { name: `Alarm of ${shop.name}` });
  const hours = dialog.getByLabel('Raise the alarm');
  await hours.fill('0');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByText('A number of hours from 1 to 9600.')).toBeVisible();
  await hours.fill('12');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('when the last good backup is older than 12 hours')).toBeVisible();
  await picture(page, 'database');
});
