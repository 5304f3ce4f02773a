import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, picture, test } from '../support';

test('what a restore halts, the gate’s snippet, and webhooks', async ({ as, stage, organization, guard }) => {
  guard.allow(/status of 4\d\d .*\/webhooks/);
  const shop = await stage.shop(organization);
  const page = await as('admin');
  await page.goto('/settings');
  const halting = page.getByRole('region', { name: 'Halting services' });
  await expect(halting.getByRole('button', { name: 'Save' })).toBeDisabled();
  await halting.getByRole('switch', { name: 'Close the gate' }).check({ force: true });
  await halting.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved. The next restore begins with it.')).toBeVisible();
  const snippet = page.getByRole('group', { name: 'the lines for the server block' });
  await expect(snippet).toContainText(`set $holdfast_database ${shop.database};`);
  await page.getByRole('button', { name: 'Copy the lines for the server block' }).click();
  await expect(page.getByText('Copied')).toBeVisible();

  await expect(page.getByRole('heading', { name: 'No webhooks yet' })).toBeVisible();
  await page.getByRole('button', { name: 'Add a webhook' }).click();
  const dialog = page.getByRole('dialog');
  const add = dialog.getByRole('button', { name: 'Add a webhook' });
  await dialog.getByLabel('Address').fill('https://me:secret@shop.example.org/');
  await add.click();
  await expect(dialog.getByText('Give it a name.')).toBeVisible();
  await expect(dialog.getByText('An address that begins with')).toBeVisible();
  await picture(page, 'webhook-form');
  await dialog.getByLabel('Name').fill('shop');
  await dialog.getByLabel('Address').fill('https://shop.example.org/halt');
  await add.click();
  const secret = (await page.getByRole('group', { name: 'the secret' }).textContent()) ?? '';
  expect(secret).toMatch(/^[0-9a-f]{64}$/);
  await picture(page, 'webhook-secret');
  await page.getByRole('button', { name: 'I have copied it' }).click();
  await expect(page.getByText(secret)).toHaveCount(0);
  await expect(page.getByRole('table', { name: 'Webhooks' }).getByRole('row', { name: /shop/ })).toContainText('Signed');
  await picture(page, 'settings');
  const menu = async (item: string) => {
    await expect(page.getByRole('alert')).toHaveCount(0); // a notification may lie over the menu
    await page.getByRole('button', { name: 'Actions for shop' }).click();
    await page.getByRole('menuitem', { name: item }).click();
  };
  await menu('Edit');
  await dialog.getByLabel('Do not sign').check();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('table', { name: 'Webhooks' }).getByRole('row', { name: /shop/ })).toContainText('Not signed');
  await menu('Delete');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByRole('heading', { name: 'No webhooks yet' })).toBeVisible();
  await page.reload();
  await expect(halting.getByRole('switch', { name: 'Close the gate' })).toBeChecked();
});

for (const [what, region, setting, usual] of [
  ['safety backups', 'Safety backups', 'safety_keep_days', '30 days'],
  ['reports of migrations', 'Reports of migrations', 'report_keep_days', '90 days'],
] as const) {
  test(`for how long ${what} are kept`, async ({ as, stage, organization }) => {
    const page = await as('admin');
    await page.goto('/settings');
    const part = page.getByRole('region', { name: region });
    const days = part.getByLabel('Keep them for');
    const save = part.getByRole('button', { name: 'Save' });
    await expect(days).toHaveValue(usual);
    await expect(save).toBeDisabled();
    await days.fill('0');
    await save.click();
    await expect(part.getByText('A whole number of days, from 1 to 3650.')).toBeVisible();
    await days.fill('45');
    await save.click();
    await expect(part.getByText('Nothing has changed.')).toBeVisible();
    const { body } = await stage.api<Record<string, number>>(organization, 'GET', '/settings');
    expect(body[setting]).toBe(45);
    const viewer = await as('viewer');
    await viewer.goto('/settings');
    await expect(viewer.getByRole('region', { name: region }).getByText('They are kept for 45 days.')).toBeVisible();
    await expect(viewer.getByRole('button', { name: 'Save' })).toHaveCount(0);
  });
}

test('a webhook is sent a test, and what came of it is said', async ({ as, stage, organization }) => {
  const told: { event: string; signature: string | undefined }[] = [];
  let status = 204;
  const service = createServer((request, response) => {
    let body = '';
    request.on('data', (data: Buffer) => (body += data.toString()));
    request.on('end', () => {
      told.push({ event: (JSON.parse(body) as { event: string }).event, signature: request.headers['holdfast-signature'] as string | undefined });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${String((service.address() as AddressInfo).port)}/halt`;
  await stage.api(organization, 'POST', '/webhooks', { name: 'shop', url, secret: 'shared by the two of them' });
  const page = await as('admin');
  await page.goto('/settings');
  await page.getByRole('button', { name: 'Actions for shop' }).click();
  await page.getByRole('menuitem', { name: 'Send a test' }).click();
  const dialog = page.getByRole('dialog', { name: 'Test of shop' });
  await expect(dialog.getByText('It answered 204')).toBeVisible();
  expect(told[0]?.event).toBe('test');
  expect(told[0]?.signature).toMatch(/^t=\d+,v1=[0-9a-f]{64}$/);
  status = 503;
  await dialog.getByRole('button', { name: 'Send again' }).click();
  await expect(dialog.getByText('It has not understood')).toBeVisible();
  await expect(dialog.getByText(/503/)).toBeVisible();
  await picture(page, 'webhook-test');
  await new Promise((resolve) => service.close(resolve));
  await dialog.getByRole('button', { name: 'Send again' }).click();
  await expect(dialog.getByText('Look whether the service runs')).toBeVisible();
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await expect(dialog).toBeHidden();
});
