import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, held, picture, test } from '../support';
import type { Shop } from '../support';

type Stage = import('../support/stage').Stage;

async function backedUp(stage: Stage, organization: string, shop: Shop): Promise<void> {
  const { body } = await stage.api<{ job_id: string }>(organization, 'POST', '/backups', { database_id: shop.database, key_ids: [shop.key] });
  expect(await stage.jobEnd(organization, body.job_id)).toBe('succeeded');
}

const rows = async (stage: Stage, name: string) => (await stage.sql(name, 'SELECT count(*) FROM orders'))[0]?.[0];

test('from sign-in to undo: yesterday comes back, and goes again; another browser sees it', async ({ as, stage, organization, stranger: page }) => {
  const shop = await stage.shop(organization);
  await backedUp(stage, organization, shop);
  await stage.sql(shop.name, 'DELETE FROM orders WHERE id > 10; CREATE TABLE made_since (id int)');
  await stage.api(organization, 'PATCH', '/settings', { halt_gate: true });
  const other = await as('viewer');
  await other.goto('/jobs');
  await stage.forgetTries();

  await page.goto(`/databases/${shop.database}`);
  await page.getByLabel('User name').fill(`${organization}-operator`);
  await page.getByRole('textbox', { name: 'Password' }).fill(stage.where.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('main').getByRole('link', { name: 'Restore', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Which backup?' })).toBeVisible();
  await picture(page, 'restore-pick');
  await page.getByRole('button', { name: `Restore ${shop.name}-` }).click();

  await expect(page.getByRole('radio', { name: 'Put a database back to this backup' })).toBeChecked();
  await expect(page.getByRole('button', { name: /^Options/ })).toContainText('At the swap: maintenance page.');
  await page.getByRole('button', { name: /^Options/ }).click();
  await page.getByLabel('Connections at the same time').fill('400');
  await page.getByRole('button', { name: 'Check it' }).click();
  await expect(page.getByText('From 1 to 128, or empty.')).toBeVisible();
  await page.getByLabel('Connections at the same time').fill('2');
  await expect(page.getByLabel('Show the maintenance page (gate of nginx)')).toBeChecked(); // as Settings say
  await picture(page, 'restore-target');
  await page.getByRole('button', { name: 'Check it' }).click();

  await expect(page.getByText('It can be restored')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('list', { name: 'What the check has found' }).getByText(/made_since/)).toBeVisible();
  await page.reload(); // loses nothing
  await expect(page.getByRole('row', { name: /^Rows about 510 5,500 4,990 more/ })).toBeVisible();
  const tables = page.getByRole('table', { name: 'Tables that differ' });
  await expect(tables.getByRole('row', { name: 'public.orders about 10 rows 5,000 rows' })).toBeVisible();
  await expect(tables.getByRole('row', { name: 'public.made_since about 0 rows not in the backup: will be gone' })).toBeVisible();
  await page.getByRole('textbox', { name: `Type ${shop.name} to confirm` }).fill('shop');
  await page.getByRole('button', { name: 'Restore now' }).click();
  await expect(page.getByText('This is not its name.')).toBeVisible();
  await picture(page, 'restore-check');
  await page.getByRole('textbox', { name: `Type ${shop.name} to confirm` }).fill(shop.name);
  await page.getByRole('button', { name: 'Restore now' }).click();

  await expect(page).toHaveURL(/\/jobs\/[0-9a-f-]{36}$/);
  await other.getByRole('link', { name: `Restore of ${shop.name}` }).click();
  const undo = page.getByRole('region', { name: 'The restore can be undone' });
  await expect(undo).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText('All 2: every row was read back and compared')).toBeVisible();
  await expect(page.getByText('services resume')).toBeVisible();
  await picture(page, 'job-restored');
  expect(await rows(stage, shop.name)).toBe('5000');
  await expect(other.getByRole('region', { name: 'The restore can be undone' })).toBeVisible();
  await expect(other.getByRole('button', { name: 'Undo' })).toHaveCount(0);

  await page.goto(`/databases/${shop.database}`);
  await undo.getByRole('button', { name: 'Undo' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('button', { name: 'Undo the restore' })).toBeDisabled();
  await dialog.getByRole('textbox').fill(shop.name);
  await picture(page, 'undo');
  await dialog.getByRole('button', { name: 'Undo the restore' }).click();
  await expect(page.getByRole('region', { name: 'The undo can be undone' })).toBeVisible({ timeout: 60_000 });
  expect(await rows(stage, shop.name)).toBe('10');
});

test('a database that is gone says so, and is made again under its own name', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  await backedUp(stage, organization, shop);
  await stage.sql('postgres', `ALTER DATABASE ${shop.name} RENAME TO ${shop.name}_lost`);
  const { body } = await stage.api<{ job_id: string }>(organization, 'POST', '/backups', { database_id: shop.database, key_ids: [shop.key] });
  expect(await stage.jobEnd(organization, body.job_id)).toBe('failed');
  const page = await as('operator');
  await page.goto('/');
  const row = page.getByRole('table', { name: 'Databases' }).getByRole('row', { name: shop.name });
  await expect(row).toContainText('Not on its server');
  await row.getByRole('link').first().click();
  await expect(page.getByRole('alert', { name: `${shop.name} is not on main any more` })).toBeVisible();
  await expect(page.getByText('Not on its server')).toBeVisible();
  await page.getByRole('main').getByRole('link', { name: 'Restore', exact: true }).click();
  await page.getByRole('button', { name: `Restore ${shop.name}-` }).click();
  await expect(page.getByText(`${shop.name} is not on its server any more`)).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('radio', { name: 'Restore into a new database' })).toBeChecked();
  await expect(page.getByLabel('Name of the new database')).toHaveValue(shop.name);
  await picture(page, 'restore-gone');
  await page.getByRole('button', { name: 'Check it' }).click();
  await page.getByRole('textbox', { name: `Type ${shop.name} to confirm` }).fill(shop.name, { timeout: 60_000 });
  await page.getByRole('button', { name: 'Restore now' }).click();
  await expect(page.getByText('All 2: every row was read back and compared')).toBeVisible({ timeout: 60_000 });
  expect(await rows(stage, shop.name)).toBe('5000');
});

test('an upload is broken off, paused, goes on after a reload, and becomes a new database', async ({ as, stage, organization, guard }) => {
  guard.allow(/ERR_FAILED|ERR_CONNECTION|status of 4\d\d .*\/uploads\//);
  const shop = await stage.shop(organization);
  await stage.sql(shop.name, 'INSERT INTO orders (note) SELECT string_agg(md5((i * 400 + j)::text), $$$$) FROM generate_series(1, 2500) i, generate_series(1, 400) j GROUP BY i');
  await backedUp(stage, organization, shop);
  const folder = `${stage.where.storage}/${organization}`;
  const file = `${folder}/${readdirSync(folder).find((name) => name.endsWith('.hf')) ?? ''}`;

  const page = await as('operator');
  // What is seen for a moment alone is held until it was seen.
  let asked = 0;
  let pieces = 0;
  let letGo: () => void = () => undefined;
  const hold = () => new Promise<void>((resolve) => (letGo = resolve));
  await page.route('**/api/v1/uploads/*', async (route) => {
    const method = route.request().method();
    asked += method === 'HEAD' ? 1 : 0;
    pieces += method === 'PATCH' ? 1 : 0;
    if (method === 'PATCH' && pieces === 1) return route.abort('connectionreset');
    if (method === 'HEAD' && asked === 1) await hold();
    if (method === 'PATCH' && (pieces === 3 || pieces === 4)) await hold();
    return route.continue().catch(() => undefined);
  });
  const listed = await held(page, '**/api/v1/storages?**');
  await page.goto('/restore');
  const input = page.locator('input[type=file]');
  await input.setInputFiles({ name: 'empty.hf', mimeType: '', buffer: Buffer.alloc(0) });
  await expect(page.getByRole('alert')).toContainText('This file is empty.');
  await input.setInputFiles(file);
  await expect(page.getByText('Remove it to pick a backup from this list')).toBeVisible();
  await expect(page.getByRole('button', { name: `Restore ${shop.name}-` })).toBeDisabled();
  await expect(page.getByRole('button', { name: 'Upload', exact: true })).toBeDisabled(); // where to is not known yet
  listed();
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  await expect(page.getByText('The connection broke off; trying again')).toBeVisible();
  await expect.poll(() => asked).toBe(1);
  letGo();
  await expect.poll(() => pieces).toBe(3);
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByText('Paused', { exact: true })).toBeVisible();
  letGo();
  await picture(page, 'restore-upload');

  await page.reload();
  await page.locator('input[type=file]').setInputFiles(file);
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  await expect(page.getByText(/It goes on where it was broken off/)).toBeVisible();
  await expect.poll(() => pieces).toBe(4);
  letGo();
  await expect(page.getByText('Uploaded and checked')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(`A backup of ${shop.name}. 2 tables, 8,000 rows.`)).toBeVisible();
  await page.getByRole('button', { name: 'Restore this file' }).click();

  await page.getByRole('radio', { name: 'Restore into a new database' }).click();
  await page.getByRole('button', { name: 'Check it' }).click();
  await expect(page.getByText('Give it a name.')).toBeVisible();
  await page.getByLabel('Name of the new database').fill(shop.name);
  await page.getByRole('button', { name: 'Check it' }).click();
  await expect(page.getByText('It cannot be restored like this')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(/exists already/)).toBeVisible();
  await picture(page, 'restore-refused');
  await page.getByRole('button', { name: 'Change it' }).click();
  await page.getByLabel('Name of the new database').fill(`${shop.name}_copy`);
  await page.getByRole('button', { name: 'Check it' }).click();
  await page.getByRole('textbox', { name: `Type ${shop.name}_copy to confirm` }).fill(`${shop.name}_copy`);
  await page.getByRole('button', { name: 'Restore now' }).click();
  await expect(page.getByText('All 2: every row was read back and compared')).toBeVisible({ timeout: 60_000 });
  expect(await rows(stage, `${shop.name}_copy`)).toBe('7500');
});

test('a file that is none is refused and removed; a key that is not here is asked for', async ({ as, stage, organization, guard }) => {
  guard.allow(/status of 4\d\d .*\/(uploads|keys)/);
  const shop = await stage.shop(organization);
  await backedUp(stage, organization, shop);
  const page = await as('admin');
  await page.goto('/restore');
  await page.locator('input[type=file]').setInputFiles({ name: 'holiday.jpg', mimeType: '', buffer: Buffer.from('no backup') });
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  await expect(page.getByRole('region', { name: 'Or upload a file' }).getByRole('alert')).toBeVisible();
  await page.getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByRole('button', { name: 'Choose a file' })).toBeVisible();
  await expect(page.getByRole('button', { name: `Restore ${shop.name}-` })).toBeEnabled(); // picking is on again

  await stage.catalog(`UPDATE key SET kind = 'recipient', secret = NULL WHERE id = '${shop.key}'`);
  await page.reload();
  await page.getByRole('button', { name: `Restore ${shop.name}-` }).click();
  await expect(page.getByText('The key is not here')).toBeVisible();
  await page.getByRole('button', { name: 'Check it' }).click();
  await expect(page.getByText('Paste the key.')).toBeVisible();
  await page.getByLabel('Key or passphrase').fill('AGE-SECRET-KEY-1QQQQ');
  await page.getByRole('button', { name: 'Check it' }).click();
  await expect(page.getByText('It cannot be restored like this')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('region', { name: 'The key is not here' }).getByRole('button', { name: 'Check again' })).toBeDisabled();
  await picture(page, 'restore-key');
});

test('a check that no worker takes says so, and begins when there is one', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  await backedUp(stage, organization, shop);
  await stage.stopWorker();
  const page = await as('operator');
  await page.goto('/restore');
  await page.getByRole('button', { name: `Restore ${shop.name}-` }).click();
  await page.getByRole('button', { name: 'Check it' }).click();
  await expect(page.getByRole('heading', { name: 'The check is to begin' })).toBeVisible();
  await expect(page.getByText('It waits for a worker of the pool default: none serves it')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'The check runs' })).toHaveCount(0);
  await stage.startWorker();
  await expect(page.getByText('It can be restored')).toBeVisible({ timeout: 60_000 });
});

test('a viewer does not restore', async ({ as }) => {
  const page = await as('viewer');
  await page.goto('/restore');
  await expect(page.getByRole('heading', { name: 'Restoring needs the role operator' })).toBeVisible();
});

test('that somebody else restores the database is told before one confirms, and on its page, where nothing is undone meanwhile', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  await backedUp(stage, organization, shop);
  const backup = (await stage.api<{ items: { id: string }[] }>(organization, 'GET', '/backups')).body.items[0]?.id ?? '';
  const checked = async () => {
    const { body } = await stage.api<{ job_id: string; preflight_id: string }>(organization, 'POST', '/preflights', { backup_id: backup, database_id: shop.database });
    expect(await stage.jobEnd(organization, body.job_id)).toBe('succeeded');
    return body.preflight_id;
  };
  const restored = async (preflight_id: string) => (await stage.api<{ job_id: string }>(organization, 'POST', '/restores', { preflight_id })).body.job_id;
  const [mine, theirs] = [await checked(), await checked()];
  expect(await stage.jobEnd(organization, await restored(await checked()))).toBe('succeeded');
  const page = await as('operator');
  await page.goto(`/restore?preflight=${mine}`);
  const happens = page.getByRole('list', { name: 'What happens then' });
  await expect(happens.getByText(/^The last restore of it took \d.* from beginning to end, with 5,500 rows\.$/)).toBeVisible();
  await page.goto(`/databases/${shop.database}`);
  const undo = page.getByRole('region', { name: 'The restore can be undone' });
  await expect(undo).toBeVisible();
  await stage.stopWorker();
  const job = await restored(theirs);
  const busy = page.getByText(`Restore of ${shop.name} is waiting for its turn`);
  await expect(busy).toBeVisible();
  await expect(undo).toBeHidden();
  await page.goto(`/restore?preflight=${mine}`);
  await expect(busy).toBeVisible();
  await expect(page.getByText(/^Asked for by .*replaces what it has brought/)).toBeVisible();
  await stage.startWorker();
  expect(await stage.jobEnd(organization, job)).toBe('succeeded');
  await expect(busy).toBeHidden();
});

test('roles that are missing are made at a click, and a backup that is damaged leads to another one', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  const role = `${organization}_app`;
  await stage.sql('postgres', `CREATE ROLE ${role}`);
  await stage.sql(shop.name, `ALTER TABLE orders OWNER TO ${role}`);
  await backedUp(stage, organization, shop);
  await stage.sql('postgres', `ALTER ROLE ${role} RENAME TO ${role}_gone`);
  const page = await as('operator');
  await page.goto(`/restore?database_id=${shop.database}`);
  await page.getByRole('button', { name: `Restore ${shop.name}-` }).click();
  await page.getByRole('radio', { name: 'Restore into a new database' }).click();
  await page.getByLabel('Name of the new database').fill(`${shop.name}_copy`);
  await page.getByRole('button', { name: 'Check it' }).click();
  await expect(page.getByText(/are missing: org\w+_app; have them made with “Make roles that are missing”, or leave/)).toBeVisible({ timeout: 60_000 });
  await picture(page, 'restore-roles');
  await page.getByRole('button', { name: 'Make the missing roles and check again' }).click();
  await expect(page.getByText('It can be restored')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(/Roles that will be made, without passwords/)).toBeVisible();

  const folder = `${stage.where.storage}/${organization}`;
  const file = `${folder}/${readdirSync(folder).find((name) => name.endsWith('.hf')) ?? ''}`;
  const bytes = readFileSync(file);
  bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
  writeFileSync(file, bytes);
  await page.getByRole('button', { name: 'Change it' }).click();
  await page.getByRole('button', { name: 'Check it' }).click();
  await expect(page.getByText('It cannot be restored like this')).toBeVisible({ timeout: 60_000 });
  await page.getByRole('link', { name: 'Choose another backup' }).click();
  await expect(page.getByRole('row', { name: new RegExp(`^${shop.name}-.* Damaged`) })).toBeVisible();
  await expect(page.getByRole('button', { name: `Restore ${shop.name}-` })).toBeDisabled();
});
