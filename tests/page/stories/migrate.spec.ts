import { expect, picture, test } from '../support';

type Stage = import('../support/stage').Stage;

const rows = async (stage: Stage, name: string) => (await stage.sql(name, 'SELECT count(*) FROM orders'))[0]?.[0];

test('from the wizard to the proved copy in a new database, over a reload at each step', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  const copy = `${organization}_copy`;
  const page = await as('operator');
  await page.goto('/');
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Migrate' }).click();
  await expect(page.getByRole('textbox', { name: 'Database', exact: true })).toHaveValue(`${shop.name} (main)`);
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByText('Give it a name.')).toBeVisible();
  await page.getByRole('textbox', { name: 'Name of the new database' }).fill(copy);
  await picture(page, 'migrate-ends');
  await page.getByRole('button', { name: 'Continue' }).click();

  await page.reload();
  const tables = page.getByRole('table', { name: 'Tables' });
  await expect(tables.getByRole('row', { name: /public\.orders/ })).toBeVisible();
  await tables.getByRole('checkbox', { name: 'Move public.customer' }).uncheck();
  await expect(page.getByText('1 table left out.')).toBeVisible();
  await tables.getByRole('checkbox', { name: 'Move public.customer' }).check();
  await expect(page.getByRole('textbox', { name: 'Storage' })).toHaveValue('disk');
  await page.getByLabel('Connections at the same time').fill('2');
  await picture(page, 'migrate-what');
  await page.getByRole('button', { name: 'Assess it' }).click();

  await expect(page.getByText('It can be migrated')).toBeVisible({ timeout: 60_000 });
  await page.reload();
  await expect(page.getByText('It can be migrated')).toBeVisible();
  await picture(page, 'migrate-checked');
  await page.getByRole('button', { name: 'Change what moves' }).click();
  await expect(page.getByLabel('Connections at the same time')).toHaveValue('2');
  await page.goBack();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.reload();
  await expect(page.getByText(`${shop.name} is copied into the new database ${copy} on main.`)).toBeVisible();
  await page.getByRole('textbox', { name: `Type ${copy} to confirm` }).fill('copy');
  await page.getByRole('button', { name: 'Migrate now' }).click();
  await expect(page.getByText('This is not its name.')).toBeVisible();
  await picture(page, 'migrate-go');
  await page.getByRole('textbox', { name: `Type ${copy} to confirm` }).fill(copy);
  await page.getByRole('button', { name: 'Migrate now' }).click();

  await expect(page).toHaveURL(/\/jobs\/[0-9a-f-]{36}$/);
  await expect(page.getByRole('heading', { level: 1, name: `Migration of ${shop.name} to ${copy} on main` })).toBeVisible();
  await expect(page.getByText('Proved equal: 2 tables, 5,500 rows')).toBeVisible({ timeout: 120_000 });
  await picture(page, 'job-migrated');
  expect(await rows(stage, copy)).toBe('5000');

  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Migrate' }).click();
  await expect(page.getByRole('textbox', { name: 'Name of the new database' })).toHaveValue(''); // a new one
});
