import { expect, picture, test } from '../support';

test('on a phone the navigation is a drawer', async ({ as }) => {
  const page = await as('admin', { width: 390 });
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Storages' })).toBeHidden();
  await page.getByRole('button', { name: 'Open navigation' }).click();
  await page.getByRole('link', { name: 'Storages' }).click();
  await expect(page.getByRole('heading', { name: 'Storages', level: 1 })).toBeVisible();
  await expect(page.getByRole('dialog')).toBeHidden();
  await picture(page, 'shell');
});

test('a viewer is not led to what would be refused', async ({ as }) => {
  const page = await as('viewer');
  await page.goto('/');
  const navigation = page.getByRole('navigation', { name: 'Pages' });
  await expect(navigation.getByRole('link', { name: 'DB Logs' })).toBeVisible();
  for (const name of ['Restore', 'Users', 'Audit log']) await expect(navigation.getByRole('link', { name })).toHaveCount(0);
});

test('an address that is none says so', async ({ as }) => {
  const page = await as('viewer');
  await page.goto('/no/such/page');
  await expect(page.getByRole('heading', { name: 'There is no such page', level: 1 })).toBeVisible();
  await picture(page, 'not-found');
  await page.getByRole('link', { name: 'To the overview' }).click();
  await expect(page).toHaveURL(/\/$/);
});

test('the colour scheme is chosen, and kept', async ({ as }) => {
  const page = await as('viewer');
  await page.goto('/');
  await page.getByRole('button', { name: 'Colour scheme' }).click();
  await page.getByRole('menuitem', { name: 'Dark' }).click();
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark');
});

test('a time is the viewer’s own, and whoever points at it sees the exact UTC', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  const { body } = await stage.api<{ job_id: string }>(organization, 'POST', '/backups', { database_id: shop.database });
  await stage.jobEnd(organization, body.job_id);
  await stage.catalog(`UPDATE job SET created_at = '2026-03-29 00:59:59.5+00' WHERE id = '${body.job_id}'`);
  for (const [zone, words] of [['Asia/Kolkata', '29 Mar 2026, 06:29'], ['America/New_York', '28 Mar 2026, 20:59']] as const) {
    const page = await as('viewer', { zone });
    await page.goto('/logs');
    const time = page.getByRole('table').locator('time').first();
    await expect(time).toHaveText(words);
    await time.hover();
    await expect(page.getByText(`${words} here · 2026-03-29 00:59:59 UTC`)).toBeVisible();
  }
});

test('one changes one’s password, and signs out', async ({ as, organization, stage, guard }) => {
  guard.allow(/status of 4\d\d .*\/me\/password/);
  const page = await as('operator');
  await page.goto('/');
  const account = page.getByRole('button', { name: `Account of ${organization}-operator` });
  await account.click();
  await page.getByRole('menuitem', { name: 'Change password' }).click();
  const dialog = page.getByRole('dialog', { name: 'Change password' });
  const fill = async (old: string, first: string, again: string) => {
    await dialog.getByRole('textbox', { name: 'Current password' }).fill(old);
    await dialog.getByRole('textbox', { name: 'New password', exact: true }).fill(first);
    await dialog.getByRole('textbox', { name: 'New password again' }).fill(again);
    await dialog.getByRole('button', { name: 'Change password' }).click();
  };
  await fill(stage.where.password, 'too short', 'another');
  await expect(dialog.getByText('The two are not the same.')).toBeVisible();
  await picture(page, 'password');
  await fill('not this one', 'a much longer one', 'a much longer one');
  await expect(dialog.getByText(/wrong|not right|is not/i).first()).toBeVisible();
  await fill(stage.where.password, 'a much longer one', 'a much longer one');
  await expect(page.getByText('The password is changed.')).toBeVisible();
  await account.click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
});

test('a job is in the tray while it runs, and its end is told', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  const page = await as('viewer');
  await page.goto('/');
  await expect(page.getByRole('button', { name: 'Jobs: none running' })).toBeVisible();
  await stage.stopWorker();
  await stage.api(organization, 'POST', '/backups', { database_id: shop.database, key_ids: [shop.key] });
  await page.getByRole('button', { name: 'Jobs: 1 running' }).click({ timeout: 60_000 });
  await expect(page.getByRole('link', { name: `Backup of ${shop.name} waiting` })).toBeVisible();
  await stage.startWorker();
  await expect(page.getByText(`Backup of ${shop.name} succeeded`)).toBeVisible({ timeout: 60_000 });
  await page.keyboard.press('Escape');

  // Whoever was not there finds it the next time.
  await page.reload();
  await page.getByRole('button', { name: 'Jobs: none running, 1 ended since you looked' }).click();
  await expect(page.getByRole('link', { name: new RegExp(`Backup of ${shop.name} Succeeded`) })).toBeVisible();
  await picture(page, 'tray');
  await page.getByRole('dialog').getByRole('link', { name: 'All jobs' }).press('Escape');
  await expect(page.getByRole('button', { name: 'Jobs: none running', exact: true })).toBeVisible();
});

test('a job that is over before any list shows it is told, too', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  const page = await as('operator');
  await page.route(/api\/v1\/jobs\?.*state=/, (route) => route.fulfill({ json: { items: [], cursor: null } }));
  await page.goto('/backup');
  await page.getByRole('button', { name: 'Manual Backup' }).click();
  await page.getByRole('dialog', { name: 'Manual Backup' }).getByRole('button', { name: 'Back up' }).click();
  await expect(page.getByText(`Backup of ${shop.name} succeeded`)).toBeVisible({ timeout: 60_000 });
});

test('while Holdfast is away the page says so, and goes on by itself', async ({ as, stage, guard }) => {
  guard.allow(/status of 503|ERR_CONNECTION/);
  const page = await as('viewer');
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await stage.stopApi();
  await expect(page.getByText('Holdfast does not answer; trying again.')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await stage.startApi();
  await expect(page.getByText('Holdfast does not answer; trying again.')).toBeHidden({ timeout: 60_000 });
});
