import { expect, picture, test } from '../support';

test('who is led to a later step stays at the first while the ends are typed in', async ({ as, stage, organization }) => {
  await stage.shop(organization);
  const page = await as('operator');
  await page.goto('/migrate?step=go&job=00000000-0000-4000-8000-000000000000');
  const name = page.getByRole('textbox', { name: 'Name of the new database' });
  await name.pressSequentially('copy');
  await expect(name).toHaveValue('copy');
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('table', { name: 'Tables' })).toBeVisible();
});

test('wrong names and types on the way into SQL Server are told where they are, and what is left out is none', async ({ as, stage, organization, guard }) => {
  guard.allow(/status of 40[04]/); // a wrong type; an assessment that failed has no report
  await stage.shop(organization);
  const there = await stage.mssql(`${organization}_there`);
  await stage.api(organization, 'POST', '/mssql-servers', { name: 'warehouse', address: there.address, username: there.username, tls_root: there.root, password: there.password });
  const page = await as('operator');
  await page.goto('/migrate');
  await page.getByRole('radio', { name: 'SQL Server' }).check();
  await page.getByRole('textbox', { name: 'Database there' }).fill('nowhere');
  await page.getByRole('button', { name: 'Test' }).click();
  await expect(page.getByText(/^nowhere at 127\.0\.0\.1:\d+: cannot log in/)).toBeVisible({ timeout: 60_000 });
  await page.getByRole('textbox', { name: 'Database there' }).fill(there.database);
  await page.getByRole('button', { name: 'Continue' }).click();

  await page.getByRole('button', { name: 'Another type for a column' }).click();
  const table = page.getByRole('textbox', { name: 'Table, as schema.table' });
  const type = page.getByRole('textbox', { name: 'Type of SQL Server' });
  await table.fill('public.customer');
  await page.getByRole('textbox', { name: 'Column', exact: true }).fill('nam');
  await type.fill('varchar2(5)');
  await page.getByRole('button', { name: 'Assess it' }).click();
  await expect(type).toHaveAccessibleDescription(/"varchar2\(5\)", which is no type that Holdfast loads: write one like nvarchar\(200\)/);
  await picture(page, 'migrate-wrong-type');
  await type.fill('nvarchar(50)');
  await page.getByRole('button', { name: 'Assess it' }).click();
  await expect(page.getByText('“Types”: there is no column nam in a table public.customer')).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Change what moves' }).click();
  await page.getByRole('checkbox', { name: 'Move public.customer' }).uncheck();
  await page.getByRole('button', { name: 'Assess it' }).click();
  await expect(page.getByRole('table', { name: 'Types of the columns' })).toBeVisible({ timeout: 60_000 });
});
