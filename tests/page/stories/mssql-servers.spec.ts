import type { Page } from '@playwright/test';
import { expect, picture, test } from '../support';

const steps = (page: Page) => page.getByRole('dialog').getByRole('list', { name: 'Steps of the test' });

async function choose(page: Page, name: string, item: string): Promise<void> {
  await page.getByRole('button', { name: `Actions for ${name}` }).click();
  await page.getByRole('menuitem', { name: item }).click();
}

test('a SQL Server is added, tested with a wrong password and with the right one, changed and deleted', async ({ as, stage, organization, guard }) => {
  const there = await stage.mssql(`${organization}_sales`);
  const page = await as('admin');
  await page.goto('/servers');
  await expect(page.getByRole('heading', { name: 'No SQL Server yet' })).toBeVisible();
  await page.getByRole('button', { name: 'Add a SQL Server' }).click();
  const adding = page.getByRole('dialog', { name: 'Add a SQL Server' });
  await adding.getByRole('radio', { name: 'Signed by this one' }).check();
  await adding.getByRole('button', { name: 'Add', exact: true }).click();
  for (const complaint of ['Give it a name.', 'Give the address of the server.', 'Give the name of a login.', 'Give the password.', 'Paste the certificate']) {
    await expect(adding.getByText(complaint)).toBeVisible();
  }
  await adding.getByLabel('Name', { exact: true }).fill('Sales');
  await adding.getByLabel('Login', { exact: true }).fill(there.username);
  await adding.getByLabel('Password of the login').fill('a wrong one');
  await adding.getByLabel('Root certificate').fill(there.root);
  // What the API alone knows to be wrong stands beside its field.
  guard.allow(/status of 400 .*\/mssql-servers/);
  await adding.getByLabel('Address', { exact: true }).fill('two words');
  await adding.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(adding.getByText('two words is not the name of a server')).toBeVisible();
  await expect(adding.getByLabel('Address', { exact: true })).toBeFocused();
  await picture(page, 'mssql-server-form');
  await adding.getByLabel('Address', { exact: true }).fill(there.address);
  await adding.getByRole('button', { name: 'Add', exact: true }).click();

  // It is to be tested at once, and the password is wrong.
  const testing = page.getByRole('dialog', { name: 'Test Sales' });
  await testing.getByRole('button', { name: 'Test', exact: true }).click();
  await expect(testing.getByText('Give the name of a database.')).toBeVisible();
  await testing.getByLabel('Database').fill(there.database);
  await testing.getByRole('button', { name: 'Test', exact: true }).click();
  await expect(testing.getByText('Something stands in the way')).toBeVisible({ timeout: 60_000 });
  await expect(steps(page).getByRole('listitem').filter({ hasText: 'Signing in, failed' })).toContainText('Give user and password again.');
  await expect(steps(page).getByRole('listitem').filter({ hasText: 'Collation, not reached' })).toBeVisible();
  await picture(page, 'mssql-server-test-failed');
  await testing.getByRole('button', { name: 'Close', exact: true }).last().click();

  await choose(page, 'Sales', 'Edit');
  const editing = page.getByRole('dialog', { name: 'Edit Sales' });
  await editing.getByLabel('Password of the login').fill(there.password);
  await editing.getByRole('button', { name: 'Save', exact: true }).click();
  await testing.getByLabel('Database').fill(there.database);
  await testing.getByRole('button', { name: 'Test', exact: true }).click();
  await expect(testing.getByText(`${there.database} is ready to be moved to`)).toBeVisible({ timeout: 60_000 });
  await expect(steps(page).getByRole('listitem')).toHaveCount(9);
  await expect(steps(page)).not.toContainText('not reached');
  await picture(page, 'mssql-server-test');
  await testing.getByRole('button', { name: 'Close', exact: true }).last().click();

  // Another trust asks for the password again, unless it is asked for each time from now on.
  await choose(page, 'Sales', 'Edit');
  await editing.getByRole('radio', { name: 'Any certificate' }).check();
  await expect(editing.getByRole('note')).toContainText('to whoever answers');
  await editing.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(editing.getByText('Give the password.')).toBeVisible();
  await editing.getByRole('radio', { name: 'No, ask for it each time' }).check();
  await picture(page, 'mssql-server-form-any');
  await editing.getByRole('button', { name: 'Save', exact: true }).click();
  await testing.getByLabel('Database').fill(there.database);
  await testing.getByRole('button', { name: 'Test', exact: true }).click();
  await expect(testing.getByText('Give the password.')).toBeVisible();
  await testing.getByLabel(`Password of ${there.username}`).fill(there.password);
  await testing.getByRole('button', { name: 'Test', exact: true }).click();
  await expect(steps(page).getByRole('listitem').filter({ hasText: 'Encryption of the connection, needs a look' })).toBeVisible({ timeout: 60_000 });
  await testing.getByRole('button', { name: 'Close', exact: true }).last().click();
  const row = page.getByRole('table', { name: 'SQL Servers' }).getByRole('row', { name: 'Sales' });
  await expect(row).toContainText('Asked for each time');
  await expect(row).toContainText('Any, unchecked');
  await picture(page, 'mssql-servers');

  await choose(page, 'Sales', 'Delete');
  await page.getByRole('dialog', { name: 'Delete the SQL Server Sales?' }).getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByRole('heading', { name: 'No SQL Server yet' })).toBeVisible();

  await page.goto('/audit');
  const audit = page.getByRole('table', { name: 'Audit log' });
  for (const what of ['SQL Server added', 'SQL Server changed', 'SQL Server removed']) await expect(audit.getByRole('row', { name: what }).first()).toContainText('Sales');
});

test('a viewer sees SQL Servers and no button, an operator may test them', async ({ as, stage, organization }) => {
  const { status } = await stage.api(organization, 'POST', '/mssql-servers', { name: 'Sales', address: 'db.example\\SALES', username: 'CORP\\mover', password: 'secret' });
  expect(status).toBe(201);
  const viewer = await as('viewer');
  await viewer.goto('/servers');
  const row = viewer.getByRole('table', { name: 'SQL Servers' }).getByRole('row', { name: 'Sales' });
  await expect(row).toContainText('db.example\\SALES');
  await expect(row).toContainText('By an authority of the system');
  for (const name of ['Add a SQL Server', 'Actions for Sales']) await expect(viewer.getByRole('button', { name })).toHaveCount(0);
  const operator = await as('operator');
  await operator.goto('/servers');
  await operator.getByRole('button', { name: 'Actions for Sales' }).click();
  await expect(operator.getByRole('menuitem')).toHaveText(['Test', 'Import into a table']);
  await expect(operator.getByRole('button', { name: 'Add a SQL Server' })).toHaveCount(0);
});
