/** A file into a table: chosen, its columns matched, looked at, and imported. */
import { expect, picture, test } from '../support';

test('an operator imports a file whose columns are called otherwise', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  await stage.sql(shop.name, 'CREATE TABLE people (id int PRIMARY KEY, email text NOT NULL, born date)');
  const page = await as('operator');
  await page.goto(`/databases/${shop.database}`);
  await page.getByRole('button', { name: `Actions for ${shop.name}` }).click();
  await page.getByRole('menuitem', { name: 'Import into a table' }).click();
  await expect(page.getByRole('heading', { name: `Import into ${shop.name}` })).toBeVisible();
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('alert')).toHaveText('Choose the file.');
  const file = { name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from('ID,E-Mail,born\n1,ada@example.org,1815-12-10\n2,eve@example.org,never\n') };
  await page.locator('input[type=file]').setInputFiles(file);
  await page.getByRole('textbox', { name: 'Table' }).click();
  await page.getByRole('option', { name: 'public.people' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();

  await expect(page.getByText(/has no column E-Mail.*: choose where it goes, or “Nowhere”$/)).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('button', { name: 'Import', exact: true })).toBeDisabled();
  await page.getByRole('textbox', { name: 'Where E-Mail goes' }).click();
  await page.getByRole('option', { name: 'email (text)' }).click();
  await expect(page.getByText('The columns were changed since: look again.')).toBeVisible();
  await page.getByRole('button', { name: 'Look again' }).click();
  const wrong = page.getByRole('table', { name: 'Lines that are wrong' });
  await expect(wrong.getByRole('row', { name: 'line 3' })).toContainText('never', { timeout: 60_000 });
  await expect(page.getByRole('table', { name: 'The first rows, as they would arrive' })).toContainText('ada@example.org');
  await expect(page.getByRole('button', { name: 'Import', exact: true })).toBeDisabled();
  await picture(page, 'import-preview');
  expect(await stage.sql(shop.name, 'SELECT count(*) FROM people')).toEqual([['0']]);
  await page.getByRole('checkbox', { name: 'Put wrong lines aside' }).check();
  await page.getByRole('button', { name: 'Import', exact: true }).click();

  await expect(page).toHaveURL(/\/jobs\//);
  await expect(page.getByRole('heading', { name: 'What came of it' })).toBeVisible({ timeout: 60_000 }); // the page before has such lines too
  await expect(wrong.getByRole('row', { name: 'line 3' })).toContainText('eve@example.org', { timeout: 60_000 });
  await picture(page, 'import-done');
  expect(await stage.sql(shop.name, 'SELECT id, email FROM people')).toEqual([['1', 'ada@example.org']]);
  const viewer = await as('viewer');
  await viewer.goto(new URL(page.url()).pathname);
  await expect(viewer.getByRole('heading', { name: 'What came of it' })).toBeVisible();
  await expect(viewer.getByText('eve@example.org')).toHaveCount(0);
});
