/** A file into a table: chosen, its columns matched, looked at, and imported. */
import type { Download, Page } from '@playwright/test';
import { expect, picture, test } from '../support';

async function option(page: Page, field: string, name: string): Promise<void> {
  await page.getByRole('textbox', { name: field }).click();
  await page.getByRole('option', { name, exact: true }).click();
}

async function textOf(download: Download): Promise<string> {
  return Buffer.concat((await (await download.createReadStream()).toArray()) as Buffer[]).toString();
}

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
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save them as a file' }).click();
  const saved = await download;
  expect(saved.suggestedFilename()).toBe('people-wrong.csv');
  expect(await textOf(saved)).toMatch(/^wrong_place,wrong_column,wrong_reason,ID,E-Mail,born\r\nline 3,born,.*"never""",2,eve@example.org,never\r\n$/);
  await picture(page, 'import-done');
  expect(await stage.sql(shop.name, 'SELECT id, email FROM people')).toEqual([['1', 'ada@example.org']]);
  const viewer = await as('viewer');
  await viewer.goto(new URL(page.url()).pathname);
  await expect(viewer.getByRole('heading', { name: 'What came of it' })).toBeVisible();
  await expect(viewer.getByText('eve@example.org')).toHaveCount(0);
});

test('what is not found right is chosen: encoding, what parts fields, no header, and the rows follow', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  await stage.sql(shop.name, 'CREATE TABLE words (id int PRIMARY KEY, word text NOT NULL)');
  const page = await as('operator');
  await page.goto(`/databases/${shop.database}/import`);
  // "1#Жук, n" as an old Windows wrote it.
  const buffer = Buffer.from([0x31, 0x23, 0xc6, 0xf3, 0xea, 0x2c, 0x20, 0x6e, 0x0a]);
  await page.locator('input[type=file]').setInputFiles({ name: 'words.txt', mimeType: 'text/plain', buffer });
  await option(page, 'Table', 'public.words');
  await page.getByRole('button', { name: 'Continue' }).click();

  await expect(page.getByRole('heading', { name: 'Step 2 of 2: Columns' })).toBeFocused();
  const rows = page.getByRole('table', { name: 'The first rows, as they would arrive' });
  const begin = page.getByRole('button', { name: 'Import', exact: true });
  const encoding = page.getByRole('textbox', { name: 'Encoding' });
  await expect(encoding).toHaveValue('WINDOWS-1252, as found', { timeout: 60_000 });
  await expect(page.getByRole('textbox', { name: 'Between fields' })).toHaveValue('Comma, as found');
  await expect(begin).toBeDisabled();
  await option(page, 'Between fields', 'Number sign #');
  await expect(page.getByRole('textbox', { name: 'Where Æóê, n goes' })).toBeVisible({ timeout: 60_000 });
  await page.getByRole('checkbox', { name: 'The first line has the names of the columns' }).uncheck();
  await expect(rows).toContainText('Æóê, n', { timeout: 60_000 });
  await option(page, 'Encoding', 'WINDOWS-1251');
  await expect(rows).toContainText('Жук, n', { timeout: 60_000 });
  await expect(encoding).toBeFocused();
  await expect(page.getByRole('textbox', { name: 'Where 2 goes' })).toHaveValue('word (text)');
  await expect(begin).toBeEnabled();
  await picture(page, 'import-how-text');
  await begin.click();
  await expect(page).toHaveURL(/\/jobs\//);
  await expect(page.getByRole('heading', { name: 'What came of it' })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText('Preview of an import')).toHaveCount(0); // whoever asked for it was there: nobody has to be told
  expect(await stage.sql(shop.name, 'SELECT id, word FROM words')).toEqual([['1', 'Жук, n']]);
});

test('a sheet of a workbook is chosen, and another table without sending the file again', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  await stage.sql(shop.name, 'CREATE TABLE teams (id int PRIMARY KEY, name text NOT NULL); CREATE TABLE people (id int PRIMARY KEY, name text NOT NULL)');
  const buffer = await stage.workbook({ Notes: [['to do'], ['all']], Teams: [['id', 'name'], [7, 'Blue']], 'Teams (2)': [['id', 'name'], [8, 'Red']] });
  const page = await as('operator');
  let uploads = 0;
  page.on('request', (request) => (uploads += Number(request.method() === 'POST' && request.url().endsWith('/uploads'))));
  await page.goto(`/databases/${shop.database}/import`);
  await page.locator('input[type=file]').setInputFiles({ name: 'all.xlsx', mimeType: 'application/octet-stream', buffer });
  await option(page, 'Table', 'public.people');
  await page.getByRole('button', { name: 'Continue' }).click();
  const sheet = page.getByRole('textbox', { name: 'Sheet' });
  await expect(sheet).toHaveValue('Notes', { timeout: 60_000 });
  await page.getByRole('button', { name: 'Another file or table' }).click();
  await expect(page.getByText('all.xlsx')).toBeVisible();
  await option(page, 'Table', 'public.teams');
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByText(/has no column to do/)).toBeVisible({ timeout: 60_000 });
  await option(page, 'Sheet', 'Teams');
  await expect(page.getByRole('table', { name: 'The first rows, as they would arrive' })).toContainText('Blue', { timeout: 60_000 });
  await expect(page.getByText('Not read: Teams (2)')).toBeVisible();
  await picture(page, 'import-how-workbook');
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(page).toHaveURL(/\/jobs\//);
  await expect(page.getByRole('heading', { name: 'What came of it' })).toBeVisible({ timeout: 60_000 });
  expect(await stage.sql(shop.name, 'SELECT id, name FROM teams')).toEqual([['7', 'Blue']]);
  expect(uploads).toBe(1);
});

test('an operator imports into a table of a SQL Server', async ({ as, stage, organization }) => {
  await stage.shop(organization); // for its storage
  const there = await stage.mssql(`${organization}_people`);
  await stage.mssqlSql(there.database, 'CREATE TABLE people (id int NOT NULL PRIMARY KEY, name nvarchar(20) NOT NULL, born date NULL)');
  await stage.api(organization, 'POST', '/mssql-servers', { name: 'warehouse', address: there.address, username: there.username, tls_root: there.root, password: null });
  const page = await as('operator');
  await page.goto('/servers');
  await page.getByRole('button', { name: 'Actions for warehouse' }).click();
  await page.getByRole('menuitem', { name: 'Import into a table' }).click();
  await expect(page.getByRole('heading', { name: 'Import into warehouse' })).toBeVisible();
  await page.getByRole('button', { name: 'Continue' }).click();
  for (const complaint of ['Choose the file.', 'Give the name of the database.', 'Give the name of the table.', 'Give the password.']) await expect(page.getByText(complaint)).toBeVisible();
  await picture(page, 'import-mssql');
  const buffer = Buffer.from('id;name;born\n1;Ada;1815-12-10\n2;Eve;never\n');
  await page.locator('input[type=file]').setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer });
  await page.getByRole('textbox', { name: 'Database' }).fill(there.database);
  await page.getByRole('textbox', { name: 'Table' }).fill('dbo.nobody');
  await page.getByLabel(`Password of ${there.username}`).fill(there.password);
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByText('there is no table [dbo].[nobody]')).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Another file or table' }).click();
  await page.getByRole('textbox', { name: 'Table' }).fill('people');
  await page.getByRole('button', { name: 'Continue' }).click();
  const wrong = page.getByRole('table', { name: 'Lines that are wrong' });
  await expect(wrong.getByRole('row', { name: 'line 3' })).toContainText('never', { timeout: 60_000 });
  await expect(page.getByRole('checkbox', { name: 'Put wrong lines aside' })).toHaveCount(0); // all or nothing there
  const begin = page.getByRole('button', { name: 'Import', exact: true });
  await expect(begin).toBeDisabled();
  await option(page, 'Where born goes', 'born (date)'); // once more: that is nowhere
  await expect(page.getByText('The columns were changed since: look again.')).toBeVisible();
  await page.getByRole('button', { name: 'Look again' }).click();
  await expect(begin).toBeEnabled({ timeout: 60_000 });
  await picture(page, 'import-mssql-preview');
  await begin.click();
  await expect(page).toHaveURL(/\/jobs\//);
  expect(await stage.jobEnd(organization, page.url().split('/').at(-1) ?? '')).toBe('succeeded');
  expect(await stage.mssqlSql(there.database, 'SELECT id, name FROM people WHERE born IS NULL ORDER BY id')).toEqual([['1', 'Ada'], ['2', 'Eve']]);
});
