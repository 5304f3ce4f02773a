import { expect, held, picture, test } from '../support';

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
  // What is chosen now is not what was assessed: a half-filled step is kept, and there is no way on but another assessment.
  await page.getByLabel('Connections at the same time').fill('1');
  await page.reload();
  await expect(page.getByLabel('Connections at the same time')).toHaveValue('1');
  await page.goBack();
  await expect(page.getByRole('alert')).toContainText('Something else is chosen since this assessment.');
  await expect(page.getByRole('button', { name: 'Continue' })).toHaveCount(0);
  await page.goForward();
  await page.getByLabel('Connections at the same time').fill('2');
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

test('the first step is kept while it is filled in, for who has filled it in, there, until the session ends', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  const other = `${organization}_other`;
  await stage.sql('postgres', `CREATE DATABASE ${other}`);
  await stage.api(organization, 'POST', '/databases', { server_id: shop.server, name: other });
  await stage.organization(`${organization} second`);
  await stage.catalog(`INSERT INTO membership SELECT o.id, a.id, 'operator' FROM organization o, account a
    WHERE o.name = '${organization} second' AND a.name = '${organization}-operator'`);
  const page = await as('operator');
  const source = page.getByRole('textbox', { name: 'Database', exact: true });
  const name = page.getByRole('textbox', { name: 'Name of the new database' });
  const choose = async (database: string) => {
    await source.click();
    await page.getByRole('option', { name: `${database} (main)` }).click();
  };
  await page.goto('/migrate');
  await choose(shop.name);
  await name.fill('half');
  await page.reload();
  await expect(source).toHaveValue(`${shop.name} (main)`);
  await expect(name).toHaveValue('half');

  // What is said of the tables is of their database, and lost only once another one has been gone on with.
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('checkbox', { name: 'Move public.customer' }).uncheck();
  await page.getByRole('button', { name: 'Back' }).click();
  await choose(other);
  await choose(shop.name);
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('checkbox', { name: 'Move public.customer' })).not.toBeChecked();
  await page.getByRole('button', { name: 'Back' }).click();
  await choose(other);
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByText('public.customer')).toHaveCount(0);

  await page.getByRole('button', { name: /^Organization: / }).click();
  await page.getByRole('menuitem', { name: `${organization} second` }).click();
  await expect(page.getByRole('button', { name: `Organization: ${organization} second` })).toBeVisible();
  await page.goto('/migrate');
  await expect(page.getByRole('heading', { name: 'No database is registered' })).toBeVisible();
  const kept = () => page.evaluate(() => JSON.stringify(sessionStorage));
  expect(await kept()).toContain('half');
  await page.getByRole('button', { name: `Account of ${organization}-operator` }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  expect(await kept()).toBe('{}');
});

const EVENTS = `
  CREATE TABLE event (id int PRIMARY KEY, at date);
  INSERT INTO event SELECT i, date '2026-01-01' + i FROM generate_series(1, 300) i;
  INSERT INTO event VALUES (1000, 'infinity'), (1001, 'infinity');
  CREATE TABLE people (id int PRIMARY KEY, name text);
  INSERT INTO people VALUES (1, 'Ada');
  CREATE FUNCTION twice(i int) RETURNS int LANGUAGE sql AS 'SELECT 2 * i';
  ANALYZE`;

test('into SQL Server: tested, a value that stands in the way, a table left out, a failure, tried again, proved', async ({ as, stage, organization, guard }) => {
  guard.allow(/status of 400/);
  const shop = await stage.shop(organization);
  await stage.sql(shop.name, EVENTS);
  const there = await stage.mssql(`${organization}_there`);
  await stage.api(organization, 'POST', '/mssql-servers', { name: 'warehouse', address: there.address, username: there.username, tls_root: there.root, password: null });
  const page = await as('operator');
  await page.goto('/migrate');
  await page.getByRole('radio', { name: 'SQL Server' }).check();
  await page.getByRole('textbox', { name: 'Database there' }).fill(there.database);
  await page.getByRole('button', { name: 'Test' }).click();
  await expect(page.getByText('Give the password.')).toBeVisible();
  await page.getByLabel('Password').fill('wrong');
  await page.getByRole('button', { name: 'Test' }).click();
  await expect(page.getByText('It cannot be moved there yet')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('list', { name: 'Steps of the test' }).getByRole('listitem').filter({ hasText: 'Signing in' })).toContainText('failed');
  await picture(page, 'migrate-test-failed');
  await page.getByLabel('Password').fill(there.password);
  await page.getByRole('button', { name: 'Test' }).click();
  await expect(page.getByText('It can be moved there')).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Continue' }).click();

  await page.getByRole('checkbox', { name: 'Move public.people' }).uncheck();
  await page.getByRole('button', { name: 'Another type for a column' }).click();
  await page.getByRole('button', { name: 'Assess it' }).click();
  await expect(page.getByText('Fill it in, or remove the line.').first()).toBeVisible();
  await page.getByRole('textbox', { name: 'Table, as schema.table' }).fill('public.customer');
  await page.getByRole('textbox', { name: 'Column', exact: true }).fill('name');
  await page.getByRole('textbox', { name: 'Type of SQL Server' }).fill('nvarchar(77)');
  await picture(page, 'migrate-what-mssql');
  await page.getByRole('button', { name: 'Assess it' }).click();
  await expect(page.getByText('Some values stand in the way')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('row', { name: /Dates and times without end.*public\.event\.at 2 .*1000.*Nothing moves/ })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Continue' })).toHaveCount(0);
  await picture(page, 'migrate-blocked');

  await page.getByRole('button', { name: 'Change what moves' }).first().click();
  await expect(page.getByRole('checkbox', { name: 'Move public.people' })).not.toBeChecked();
  await page.getByRole('textbox', { name: 'Dates and times without end (infinity)' }).click();
  await page.getByRole('option', { name: 'The nearest that there is' }).click();
  await page.getByRole('button', { name: 'Assess it' }).click();
  const objects = page.getByRole('table', { name: 'Objects' });
  await expect(objects.getByRole('row', { name: /twice/ })).toContainText('Left behind', { timeout: 60_000 });
  await page.getByRole('searchbox', { name: 'Search objects and notes' }).fill('twice');
  await expect(objects.getByRole('row')).toHaveCount(2);
  await expect(page.getByRole('table', { name: 'Types of the columns' }).getByRole('row', { name: /public\.customer\.name text nvarchar\(77\)/ })).toBeVisible();
  const [script] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Script (T-SQL)' }).click()]);
  expect(script.suggestedFilename()).toBe('script.sql');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.reload(); // what is nowhere is asked for again
  await stage.sql(shop.name, `INSERT INTO event VALUES (2000, '0044-03-15 BC')`); // after it was assessed
  await page.getByRole('textbox', { name: `Type ${there.database} to confirm` }).fill(there.database);
  await page.getByRole('button', { name: 'Migrate now' }).click();
  await expect(page.getByText('Give the password.')).toBeVisible();
  await page.getByLabel('Password').fill(there.password);
  await page.getByRole('button', { name: 'Migrate now' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'The source is as it was.' })).toBeVisible({ timeout: 120_000 });
  await expect(page.getByRole('alert', { name: 'Which they are' })).toContainText('or choose under “Values that SQL Server does not take” what becomes of them');
  await picture(page, 'job-migration-failed');

  await stage.sql(shop.name, 'DELETE FROM event WHERE id = 2000');
  await page.getByRole('link', { name: 'Try again' }).click();
  await page.getByLabel('Password').fill(there.password);
  await page.getByRole('textbox', { name: `Type ${there.database} to confirm` }).fill(there.database);
  await page.getByRole('button', { name: 'Migrate now' }).click();
  await expect(page.getByText('Proved equal: 3 tables, 5,802 rows')).toBeVisible({ timeout: 120_000 });
  await expect(page.getByRole('table', { name: 'Tables read back' }).getByRole('row', { name: /public\.event .*\[dbo\]\.\[event\] 302 [0-9a-f]+ equal/ })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Report to save and print' })).toHaveAttribute('href', /report\.html$/);
  await picture(page, 'job-migrated-mssql');
});

test('a backup whose key is not here moves into SQL Server with a column encrypted, and its database is not read', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  const { body } = await stage.api<{ job_id: string }>(organization, 'POST', '/backups', { database_id: shop.database });
  expect(await stage.jobEnd(organization, body.job_id)).toBe('succeeded');
  const sheet = await stage.text(organization, 'POST', `/keys/${shop.key}/sheet`);
  const secret = /AGE-SECRET-KEY-1\w+/.exec(sheet)?.[0] ?? '';
  await stage.catalog(`UPDATE key SET kind = 'recipient', secret = NULL WHERE id = '${shop.key}'`);
  await stage.sql(shop.name, 'DELETE FROM orders');
  const there = await stage.mssql(`${organization}_there`);
  await stage.api(organization, 'POST', '/mssql-servers', { name: 'warehouse', address: there.address, username: there.username, tls_root: there.root, password: there.password });
  const page = await as('operator');
  const listed = await held(page, '**/api/v1/keys?**');
  await page.goto('/migrate');
  await page.getByRole('radio', { name: 'A backup' }).check();
  await page.getByRole('textbox', { name: 'Backup', exact: true }).click();
  await page.getByRole('option', { name: new RegExp(`^${shop.name} · `) }).click();
  await expect(page.getByRole('button', { name: 'Continue' })).toHaveCount(0);
  await expect(page.getByRole('link', { name: 'To Restore' })).toHaveAttribute('href', /\/restore\?backup=[0-9a-f-]{36}$/);
  await page.getByRole('radio', { name: 'SQL Server' }).check();
  await expect(page.getByRole('textbox', { name: 'Server for the temporary database' })).toHaveValue('main');
  await page.getByRole('textbox', { name: 'Database there' }).fill(there.database);
  await expect(page.getByRole('button', { name: 'Continue' })).toBeDisabled(); // whether its key is here is not known yet
  listed();
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByText('Paste the key.')).toBeVisible();
  await picture(page, 'migrate-ends-backup');
  await page.getByLabel('Key or passphrase').fill(secret);
  await page.getByRole('button', { name: 'Continue' }).click();

  await expect(page.getByRole('table', { name: 'Tables' }).getByRole('row', { name: /public\.orders 5,000/ })).toBeVisible();
  const kept = () => page.evaluate(() => JSON.stringify(sessionStorage) + JSON.stringify(localStorage) + location.href);
  expect(await kept()).not.toContain('AGE-SECRET-KEY-1');
  await page.reload();
  await page.getByRole('button', { name: 'Assess it' }).click();
  await expect(page.getByText('Paste the key.')).toBeVisible();
  await page.getByLabel('Key or passphrase').fill(secret);
  const columns = page.getByRole('textbox', { name: 'Columns', exact: true });
  await columns.fill('public.order.note');
  await columns.press('Enter');
  await page.getByRole('radio', { name: 'One that is there' }).check();
  await page.getByRole('button', { name: 'Assess it' }).click();
  await expect(page.getByText('There is no column public.order.note.')).toBeVisible();
  await expect(page.getByText('Name its certificate.')).toBeVisible();
  await picture(page, 'migrate-what-backup');
  await page.getByRole('radio', { name: 'One that Holdfast makes there' }).check();
  await columns.press('Backspace');
  await columns.fill('public.orders.note');
  await columns.press('Enter');
  await page.getByRole('button', { name: 'Assess it' }).click();
  await expect(page.getByRole('table', { name: 'Types of the columns' })).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Change what moves' }).click();
  await columns.click();
  await expect(page.getByRole('option', { name: 'public.orders.total' })).toBeVisible(); // as it was assessed
  await page.goBack();
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByText('The backup is restored into a temporary database on main, which is dropped after.')).toBeVisible();
  await expect(page.getByText('Kept encrypted there: public.orders.note.')).toBeVisible();
  await page.getByRole('textbox', { name: `Type ${there.database} to confirm` }).fill(there.database);
  await page.getByLabel('Password of the master key').fill('short');
  await page.getByRole('button', { name: 'Migrate now' }).click();
  await expect(page.getByText('From 8 to 128 characters.')).toBeVisible();
  await picture(page, 'migrate-go-encrypted');
  await page.getByLabel('Password of the master key').fill('Long enough 1!');
  await page.getByRole('button', { name: 'Migrate now' }).click();
  await expect(page).toHaveURL(/\/jobs\/[0-9a-f-]{36}$/);
  expect(await kept()).not.toMatch(/AGE-SECRET-KEY-1|Long enough/);
  await expect(page.getByText('Proved equal: 2 tables, 5,500 rows')).toBeVisible({ timeout: 120_000 });
  const { body: report } = await stage.api<{ assessment: { encryption: { key: string } } }>(organization, 'GET', `${new URL(page.url()).pathname}/report`);
  expect(report.assessment.encryption.key).toBe('holdfast_key');
  expect(await stage.sql('postgres', "SELECT datname FROM pg_database WHERE datname ~ '_hf_scratch_'")).toEqual([]);
});

test('in place of a database, which is backed up before, to one of two storages', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  const live = `${organization}_live`;
  await stage.sql('postgres', `CREATE DATABASE ${live}`);
  await stage.sql(live, 'CREATE TABLE old (id int)');
  await stage.api(organization, 'POST', '/databases', { server_id: shop.server, name: live });
  await stage.api(organization, 'POST', '/storages', { name: 'other', path: `${stage.where.storage}/${organization}-other` });
  const page = await as('operator');
  await page.goto('/migrate');
  await page.getByRole('textbox', { name: 'Database', exact: true }).click();
  await page.getByRole('option', { name: `${shop.name} (main)` }).click();
  await page.getByRole('radio', { name: 'In place of a database of PostgreSQL' }).check();
  await page.getByRole('textbox', { name: 'Database to replace' }).click();
  await page.getByRole('option', { name: `${live} (main)` }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('radio', { name: 'None' }).check();
  await page.getByRole('button', { name: 'Assess it' }).click();
  await expect(page.getByText('Choose the storage.')).toBeVisible();
  await page.getByRole('textbox', { name: 'Storage' }).click();
  await page.getByRole('option', { name: 'other' }).click();
  await page.getByRole('textbox', { name: 'Safety backup of what is replaced' }).click();
  await page.getByRole('option', { name: 'Before the swap' }).click();
  await picture(page, 'migrate-what-swap');
  await page.getByRole('button', { name: 'Assess it' }).click();
  await page.getByRole('button', { name: 'Continue' }).click({ timeout: 60_000 });
  await expect(page.getByText('What is live there is backed up before that.')).toBeVisible();
  await page.getByRole('textbox', { name: `Type ${live} to confirm` }).fill(live);
  await page.getByRole('button', { name: 'Migrate now' }).click();
  await expect(page.getByText('Proved equal: 2 tables, 5,500 rows')).toBeVisible({ timeout: 120_000 });
  const { body } = await stage.api<{ items: { type: string; database_name: string; storage_name: string }[] }>(organization, 'GET', '/backups');
  expect(body.items.map(({ type, database_name, storage_name }) => [type, database_name, storage_name])).toEqual([['safety', live, 'other']]);

  const notice = page.getByRole('region', { name: 'The migration can be undone' });
  await expect(notice).toContainText(`What ${live} held before is kept beside it`);
  await picture(page, 'job-migrated-swap');
  await notice.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('textbox', { name: `Type ${live} to confirm` }).fill(live);
  await page.getByRole('button', { name: 'Undo the migration' }).click();
  await expect(page.getByRole('heading', { level: 1, name: `Undo of ${live}` })).toBeVisible();
  await expect(page.getByRole('region', { name: 'What came of it' })).toBeVisible({ timeout: 60_000 });
  expect(await stage.sql(live, 'SELECT count(*) FROM old')).toEqual([['0']]);
});

test('an assessment is begun once its places are known, and cancelled where one waits for it', async ({ as, stage, organization }) => {
  await stage.shop(organization);
  const page = await as('operator');
  const listed = await held(page, '**/api/v1/keys?**');
  await page.goto('/migrate');
  await page.getByRole('textbox', { name: 'Name of the new database' }).fill(`${organization}_copy`);
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('button', { name: 'Assess it' })).toBeDisabled();
  listed();
  await stage.stopWorker();
  try {
    await page.getByRole('button', { name: 'Assess it' }).click();
    await expect(page.getByText('It waits for a worker.')).toBeVisible();
    await expect(page.getByRole('link', { name: 'Look at the job' })).toHaveAttribute('href', `/jobs/${new URL(page.url()).searchParams.get('job') ?? ''}`);
    await picture(page, 'migrate-waits');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('dialog').getByRole('button', { name: /^Cancel (it|the job)/ }).click();
    await expect(page.getByText('The assessment was cancelled.')).toBeVisible();
  } finally {
    await stage.startWorker();
  }
});

test('the source is closed for the move, stays so, and is opened again', async ({ as, stage, organization, guard }) => {
  const shop = await stage.shop(organization);
  const copy = `${organization}_copy`;
  const limit = async () => (await stage.sql('postgres', `SELECT datconnlimit FROM pg_database WHERE datname = '${shop.name}'`))[0]?.[0];
  const page = await as('operator');
  await page.goto('/migrate');
  await page.getByRole('textbox', { name: 'Name of the new database' }).fill(copy);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('textbox', { name: 'If others are connected to the source' }).click();
  await page.getByRole('option', { name: 'Close the source: it stays so once it is moved' }).click();
  await expect(page.getByText('It takes a superuser.')).toBeVisible();
  await page.getByRole('radio', { name: 'None' }).check();
  await picture(page, 'migrate-what-halt');
  await page.getByRole('button', { name: 'Assess it' }).click();
  await page.getByRole('button', { name: 'Continue' }).click({ timeout: 60_000 });
  await expect(page.getByRole('list', { name: 'What happens then' })).toContainText('Once it is moved the source stays closed');
  await page.getByRole('textbox', { name: `Type ${copy} to confirm` }).fill(copy);
  await page.getByRole('button', { name: 'Migrate now' }).click();
  await expect(page.getByText('Proved equal: 2 tables, 5,500 rows')).toBeVisible({ timeout: 120_000 });

  const closed = page.getByRole('region', { name: 'The source is closed, as it was moved' });
  await expect(closed.getByRole('button', { name: 'Open the source again' })).toBeVisible({ timeout: 30_000 });
  await picture(page, 'job-migrated-closed');
  expect(await limit()).toBe('0');
  const viewer = await as('viewer');
  await viewer.goto(`/databases/${shop.database}`);
  await expect(viewer.getByRole('region', { name: 'The source is closed, as it was moved' })).toBeVisible();
  await expect(viewer.getByRole('button', { name: 'Open the source again' })).toHaveCount(0);

  const admin = await as('admin');
  guard.allow(/status of 409 .*\/databases\//);
  await admin.goto(`/databases/${shop.database}`);
  await admin.getByRole('button', { name: `Actions for ${shop.name}` }).click();
  await admin.getByRole('menuitem', { name: 'Take out' }).click();
  const removal = admin.getByRole('dialog');
  await removal.getByLabel(`Type ${shop.name} to confirm`).fill(shop.name);
  await removal.getByRole('button', { name: 'Take out' }).click();
  await expect(removal.getByRole('alert')).toContainText('open it first');
  await expect(removal.getByRole('checkbox', { name: 'It is to stay closed; I give it its connection limit again on the server myself' })).not.toBeChecked();
  await removal.getByRole('button', { name: 'Cancel' }).click();

  const migration = page.url();
  await page.goto(`/databases/${shop.database}`);
  await expect(closed.getByRole('link', { name: 'Look at the migration' })).toHaveAttribute('href', new URL(migration).pathname);
  await picture(page, 'database-closed');
  await closed.getByRole('button', { name: 'Open the source again' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Open it' }).click();
  await expect(page.getByRole('heading', { level: 1, name: /^Resuming of services/ })).toBeVisible();
  await expect(page.getByText(`${shop.name} is open again: its services resume`)).toBeVisible({ timeout: 60_000 });
  expect(await limit()).toBe('-1');
  await page.goto(migration);
  await expect(page.getByText('Proved equal: 2 tables, 5,500 rows')).toBeVisible();
  await expect(closed).toHaveCount(0, { timeout: 30_000 });
});

test('a viewer is not led to the wizard, and sees of a migration what came of it alone', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  const { body } = await stage.api<{ job_id: string }>(organization, 'POST', '/assessments', { database_id: shop.database });
  expect(await stage.jobEnd(organization, body.job_id)).toBe('succeeded');
  const page = await as('viewer');
  await page.goto('/migrate');
  await expect(page.getByRole('heading', { name: 'Migrating needs the role operator' })).toBeVisible();
  await expect(page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Migrate' })).toHaveCount(0);
  await page.goto(`/jobs/${body.job_id}`);
  await expect(page.getByRole('region', { name: 'What came of it' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Script (T-SQL)' })).toHaveCount(0);
});

test('between servers of different pools one says whose workers reach both, and they do it', async ({ as, stage, organization }) => {
  await stage.shop(organization);
  const { status } = await stage.api(organization, 'POST', '/servers', { name: 'far', host: '127.0.0.1', port: stage.where.port, username: 'postgres', pool: 'elsewhere' });
  expect(status).toBe(201);
  const page = await as('operator');
  await page.goto('/migrate');
  await expect(page.getByRole('textbox', { name: 'Workers' })).toHaveCount(0);
  await page.getByRole('textbox', { name: 'Server', exact: true }).click();
  await page.getByRole('option', { name: 'far' }).click();
  await page.getByRole('textbox', { name: 'Name of the new database' }).fill(`${organization}_far`);
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByText('Source and target name different pools: choose the one whose workers reach both.')).toBeVisible();
  await expect(page.getByText('Choose the pool.')).toBeVisible();
  await picture(page, 'migrate-pools');
  const workers = page.getByRole('textbox', { name: 'Workers' });
  await workers.click();
  await expect(page.getByRole('option', { name: 'elsewhere' })).toBeVisible();
  await page.getByRole('option', { name: 'default' }).click();
  await page.reload();
  await expect(workers).toHaveValue('default');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Assess it' }).click();
  await expect(page.getByText('It can be migrated')).toBeVisible({ timeout: 60_000 });
  const { body } = await stage.api<{ pool: string }>(organization, 'GET', `/jobs/${new URL(page.url()).searchParams.get('job') ?? ''}`);
  expect(body.pool).toBe('default');
  // Where one goes on within a pool, nothing is left to be chosen.
  await page.getByRole('button', { name: 'Change from and to' }).click();
  await page.getByRole('textbox', { name: 'Server', exact: true }).click();
  await page.getByRole('option', { name: 'main' }).click();
  await expect(workers).toHaveCount(0);
});
