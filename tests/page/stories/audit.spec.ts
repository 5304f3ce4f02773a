import { readFileSync } from 'node:fs';
import { expect, picture, test } from '../support';

test('an auditor asks who touched what', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  const viewer = await as('viewer');
  await viewer.goto('/audit');
  await expect(viewer.getByRole('heading', { name: 'The audit log needs the role auditor' })).toBeVisible();
  await expect(viewer.getByRole('main').getByRole('button')).toHaveCount(0);
  const me = (await (await viewer.request.get('/api/v1/me')).json()) as { csrf: string };
  const refused = await viewer.request.delete(`/api/v1/servers/${shop.server}`, { headers: { 'X-CSRF-Token': me.csrf, 'If-Match': '"1"' } });
  expect(refused.status()).toBe(403);

  const page = await as('auditor');
  await page.goto('/audit');
  const table = page.getByRole('table', { name: 'Audit log' });
  await expect(table.getByRole('row', { name: /storage.create/ })).toContainText(`user ${organization}-admin`);
  await picture(page, 'audit');

  // What was refused, and to whom.
  await page.getByRole('textbox', { name: 'Outcome' }).click();
  await page.getByRole('option', { name: 'Refused' }).click();
  await expect(table.getByRole('row')).toHaveCount(2);
  await expect(table.getByRole('row').nth(1)).toContainText(`user ${organization}-viewer`);
  await page.getByRole('button', { name: 'Clear filters' }).click();

  // All that was done to the storage.
  await table.getByRole('row', { name: /storage.create/ }).getByRole('button', { name: /Actions for/ }).click();
  await page.getByRole('menuitem', { name: 'Only disk' }).click();
  await expect(table.getByRole('row')).toHaveCount(2);
  await expect(page).toHaveURL(/object_id=/);
  await table.getByRole('button', { name: /Actions for/ }).click();
  await page.getByRole('menuitem', { name: 'View' }).click();
  await expect(page.getByRole('dialog').getByText(/\d\d:\d\d:\d\d UTC/)).toBeVisible();
  await picture(page, 'audit-event');
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'Stop showing only one thing' }).click();

  // What one did, of a kind, in a time, from an address.
  await page.getByRole('textbox', { name: 'Who' }).fill(`${organization}-admin`);
  await page.getByRole('textbox', { name: 'Who' }).press('Enter');
  await expect(page).toHaveURL(/actor=user/); // a name alone is a person's
  await page.getByRole('textbox', { name: 'What' }).click();
  await page.getByRole('option', { name: 'Storage added' }).click();
  await expect(table.getByRole('row')).toHaveCount(2);
  await page.getByLabel('To', { exact: true }).fill('2026-01-31');
  await expect(page.getByText('Nothing matches. Change or clear the filters.')).toBeVisible();
  await page.getByLabel('To', { exact: true }).fill('');
  await page.getByLabel('From', { exact: true }).fill('2026-01-31');
  await expect(table.getByRole('row', { name: /Storage added/ })).toContainText('disk');
  await table.getByRole('button', { name: /Actions for/ }).click();
  await page.getByRole('menuitem', { name: /^Only from / }).click();
  await expect(page).toHaveURL(/address=/);
  await expect(table.getByRole('row')).toHaveCount(2);
  await page.getByRole('button', { name: 'Clear filters' }).click();

  // What was another before.
  const admin = await as('admin');
  const csrf = ((await (await admin.request.get('/api/v1/me')).json()) as { csrf: string }).csrf;
  const renamed = await admin.request.patch(`/api/v1/storages/${shop.storage}`, { headers: { 'X-CSRF-Token': csrf, 'If-Match': '*' }, data: { name: 'disk two' } });
  expect(renamed.status()).toBe(200);
  await page.reload();
  await expect(table.getByRole('row', { name: /Storage changed/ })).toContainText('name: disk -> disk two');

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export to CSV' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/^holdfast-audit-.*\.csv$/);
  const lines = readFileSync(await file.path(), 'utf8').trim().split('\r\n');
  expect(lines[0]).toMatch(/^id,at,actor,action/);
  expect(lines.some((line) => line.includes('storage.create'))).toBe(true);

  const chain = page.getByRole('region', { name: 'The chain' });
  await chain.getByRole('button', { name: 'Check the chain' }).click();
  await expect(chain.getByText(/^Whole: \d+ events of the installation fit$/)).toBeVisible(); // by the server
  await expect(chain.getByText('Not broken')).toBeVisible();
  await expect(chain.getByText(/^[1-9]\d* of \d+ events were computed anew/)).toBeVisible();
  await picture(page, 'audit-chain');
});

test('who changes what was written breaks the chain', async ({ as, stage, organization }) => {
  await stage.shop(organization);
  const page = await as('admin');
  await page.route('**/api/v1/audit?*', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: (await answer.text()).replace('"storage.create"', '"storage.change"') });
  });
  await page.goto('/audit');
  await page.getByRole('button', { name: 'Check the chain' }).click();
  await expect(page.getByText(/Broken at event \d+/)).toBeVisible();
});

test('an owner sees what was done to the installation, and its chain', async ({ as, organization }) => {
  const page = await as('owner');
  await page.goto('/audit');
  await page.getByText('The installation', { exact: true }).click();
  const table = page.getByRole('table', { name: 'Audit log' });
  await expect(table.getByRole('row', { name: /organization\.create/ }).filter({ hasText: organization })).toBeVisible();
  await page.getByRole('button', { name: 'Check the chain' }).click();
  await expect(page.getByText('Not broken')).toBeVisible();
  await picture(page, 'audit-installation');
});
