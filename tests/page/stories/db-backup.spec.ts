import { expect, picture, test } from '../support';

test('a schedule is made, looked at, changed, disabled, enabled, run and deleted', async ({ as, stage, organization, guard }) => {
  guard.allow(/status of 412/);
  const shop = await stage.shop(organization);
  const page = await as('operator');
  await page.goto('/backup');
  await expect(page.getByRole('heading', { name: 'No schedule yet' })).toBeVisible();
  await page.getByRole('link', { name: 'New schedule' }).click();
  const form = page.getByRole('form', { name: 'Settings' });

  // Wrong input is said at each field; one database, storage and key are chosen already.
  await form.getByRole('textbox', { name: 'Folder' }).fill('/etc');
  await form.getByRole('textbox', { name: 'File name prefix' }).fill('a/b');
  await form.getByRole('textbox', { name: 'Backup After Every' }).click();
  await page.getByRole('option', { name: 'Custom (cron)' }).click();
  await form.getByRole('textbox', { name: 'Cron expression' }).fill('30 3 * *');
  await form.getByRole('button', { name: 'Make the schedule' }).click();
  await expect(form.getByLabel('Name', { exact: true })).toBeFocused();
  for (const text of ['Give it a name.', 'A folder within the storage, such as', 'At most 60 letters', 'Five fields are expected']) await expect(form.getByText(text)).toBeVisible();
  await form.getByRole('textbox', { name: 'Cron expression' }).fill('30 3 * * mon-fri');
  await expect(form.getByRole('group', { name: 'The next runs' }).getByRole('listitem')).toHaveCount(4);
  await expect(form.getByRole('group', { name: 'The next runs' })).toContainText('It runs Monday to Friday at 03:30.');
  await picture(page, 'schedule-new');
  await form.getByRole('textbox', { name: 'Name', exact: true }).fill('nightly');
  await form.getByRole('textbox', { name: 'Folder' }).fill('shop/nightly');
  await form.getByRole('textbox', { name: 'File name prefix' }).fill('n-');
  await form.getByRole('button', { name: 'Make the schedule' }).click();
  await expect(page.getByRole('heading', { name: 'nightly' })).toBeVisible();
  await picture(page, 'backup');

  const item = async (name: string) => {
    await page.getByRole('button', { name: 'Actions for nightly' }).click();
    await page.getByRole('menuitem', { name }).click();
  };
  await item('View');
  for (const name of ['ID', 'Description', 'Is active', 'Interval', 'Created at', 'Created by']) await expect(page.getByRole('dialog').getByText(name, { exact: true })).toBeVisible();
  await expect(page.getByRole('dialog')).toContainText(/Monday to Friday at 03:30, .* \(30 3 \* \* mon-fri\)/);
  await picture(page, 'schedule-view');
  await page.keyboard.press('Escape');

  await item('Disable');
  await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
  await expect(page.getByText('Does not run by itself', { exact: true })).toBeVisible();
  await item('Enable');
  await expect(page.getByText('nightly is enabled.')).toBeVisible();

  // The settings: Save only for a change, Backup Now only without one.
  await item('Edit');
  const save = form.getByRole('button', { name: 'Save', exact: true });
  const now = form.getByRole('button', { name: 'Backup Now' });
  await expect(save).toBeDisabled();
  await expect(now).toBeEnabled();
  await form.getByRole('textbox', { name: 'Backup After Every' }).click();
  await page.getByRole('option', { name: '8 hours', exact: true }).click();
  await expect(now).toBeDisabled();
  await expect(form.getByText('There are unsaved changes')).toBeVisible();
  await picture(page, 'schedule');
  await form.getByRole('button', { name: 'Discard' }).click();
  await expect(save).toBeDisabled();
  await form.getByRole('textbox', { name: 'Description' }).fill('Each night');

  // Somebody else was faster.
  const [schedule] = (await stage.api<{ items: { id: string }[] }>(organization, 'GET', '/schedules')).body.items;
  await stage.api(organization, 'PATCH', `/schedules/${schedule?.id ?? ''}`, { keep_count: 3 });
  await save.click();
  await page.getByRole('alert').getByRole('button', { name: 'Take what is there now' }).click({ timeout: 60_000 });
  await form.getByRole('textbox', { name: 'Description' }).fill('Each night');
  await save.click();
  await expect(page.getByText('nightly is saved.')).toBeVisible();
  await expect(form.getByRole('textbox', { name: 'Keep the last' })).toHaveValue('3 backups');
  const version = async () => (await stage.api<{ version: number }>(organization, 'GET', `/schedules/${schedule?.id ?? ''}`)).body.version;
  const saved = await version();
  await now.click();
  await page.getByRole('dialog').getByRole('button', { name: 'Run now' }).click();
  await expect(page.getByText('One backup has begun.')).toBeVisible();
  await expect(page.getByText(`Backup of ${shop.name} succeeded`)).toBeVisible({ timeout: 60_000 });
  expect(await version()).toBe(saved); // nothing was saved with it

  await page.getByRole('link', { name: 'DB Backup' }).first().click();
  await item('Run now');
  await page.getByRole('dialog').getByRole('button', { name: 'Run now' }).click();
  await expect(page.getByText('One backup has begun.').last()).toBeVisible();
  await expect.poll(async () => (await stage.api<{ items: unknown[] }>(organization, 'GET', '/jobs?state=open')).body.items.length, { timeout: 60_000 }).toBe(0);
  await item('Delete');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByRole('heading', { name: 'No schedule yet' })).toBeVisible();
});

test('what is not saved is not lost by a click or a reload without a question', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  const { body: schedule } = await stage.api<{ id: string }>(organization, 'POST', '/schedules', {
    name: 'nightly', interval_s: 86_400, storage_id: shop.storage, key_ids: [shop.key], database_ids: [shop.database],
  });
  const page = await as('operator');
  await page.goto(`/backup/${schedule.id}`);
  const description = page.getByRole('form', { name: 'Settings' }).getByRole('textbox', { name: 'Description' });
  const logs = page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'DB Logs' });
  await description.fill('Each night');
  await logs.click();
  const question = page.getByRole('dialog', { name: 'Leave without saving?' });
  await expect(question).toBeVisible();
  await picture(page, 'leave');
  await question.getByRole('button', { name: 'Cancel' }).click();
  await expect(question).toBeHidden();
  await expect(description).toHaveValue('Each night');
  const asked = page.waitForEvent('dialog');
  const reload = page.evaluate(() => { window.location.reload(); });
  const browsers = await asked;
  expect(browsers.type()).toBe('beforeunload');
  await browsers.dismiss();
  await reload;
  await expect(description).toHaveValue('Each night');
  await logs.click();
  await question.getByRole('button', { name: 'Leave' }).click();
  await expect(page.getByRole('heading', { name: 'DB Logs', level: 1 })).toBeVisible();
  await expect(question).toBeHidden();

  // Where nothing has changed, or all is saved, nobody is asked.
  await page.goto(`/backup/${schedule.id}`);
  await expect(description).toHaveValue('');
  await description.fill('Each night');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('nightly is saved.')).toBeVisible();
  await logs.click();
  await expect(page.getByRole('heading', { name: 'DB Logs', level: 1 })).toBeVisible();
  await page.goBack();
  await expect(description).toHaveValue('Each night');
});

test('what is not saved is not lost by the browser’s Back without a question', async ({ as }) => {
  const page = await as('admin');
  await page.goto('/help');
  await page.getByRole('link', { name: 'Settings' }).click();
  const back = () => page.evaluate(() => { window.history.back(); });
  const question = page.getByRole('dialog', { name: 'Leave without saving?' });
  // Of two forms that have changed one asks.
  const fields = [page.getByRole('region', { name: 'Safety backups' }).getByRole('textbox').first(), page.getByRole('region', { name: 'Reports of migrations' }).getByRole('textbox').first()];
  for (const field of fields) await field.fill('11');
  await back();
  await expect(question).toBeVisible();
  await expect(page).toHaveURL(/\/settings$/);
  await question.getByRole('button', { name: 'Cancel' }).click();
  await expect(question).toBeHidden();
  for (const field of fields) await expect(field).toHaveValue(/^11/);
  await back();
  await question.getByRole('button', { name: 'Leave' }).click();
  await expect(page.getByRole('heading', { name: 'Help', level: 1 })).toBeVisible();
  await expect(question).toBeHidden();
  await page.goForward();
  await expect(page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible();
  await expect(fields[0] ?? question).not.toHaveValue(/^11/);
  await back(); // nothing has changed: nobody asks
  await expect(page.getByRole('heading', { name: 'Help', level: 1 })).toBeVisible();
});

test('a backup by hand asks first, and needs a database', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  const page = await as('operator');
  await page.goto('/backup');
  await page.getByRole('button', { name: 'Manual Backup' }).click();
  const dialog = page.getByRole('dialog', { name: 'Manual Backup' });
  await expect(dialog.getByText(`Back ${shop.name} up to disk now?`)).toBeVisible();
  await picture(page, 'manual-backup');
  await dialog.getByRole('button', { name: `Remove ${shop.name}` }).or(dialog.locator('.mantine-Pill-remove').first()).first().click();
  await dialog.getByRole('button', { name: 'Back up' }).click();
  await expect(dialog.getByText('Choose at least one database.')).toBeVisible();
  await dialog.getByRole('textbox', { name: 'Databases' }).click();
  await page.getByRole('option', { name: shop.name }).click();
  await page.keyboard.press('Tab');
  await dialog.getByRole('button', { name: 'Back up' }).click();
  await expect(page.getByText(`Backup of ${shop.name} succeeded`)).toBeVisible({ timeout: 60_000 });
});

test('a viewer looks at schedules alone', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  await stage.api(organization, 'POST', '/schedules', { name: 'weekly', interval_s: 604_800, server_id: shop.server, database_pattern: '*', storage_id: shop.storage, key_ids: [shop.key] });
  const page = await as('viewer');
  await page.goto('/backup');
  await expect(page.getByText('Every database of main, new ones too')).toBeVisible();
  for (const name of ['Manual Backup', 'New schedule']) await expect(page.getByText(name)).toHaveCount(0);
  await page.getByRole('button', { name: 'Actions for weekly' }).click();
  await expect(page.getByRole('menuitem')).toHaveText(['View']);
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'weekly' }).click();
  await expect(page.getByText('Every 7 days').first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Save' })).toHaveCount(0);
});
