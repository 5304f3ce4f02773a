import { randomUUID } from 'node:crypto';
import { expect, picture, test } from '../support';

test('who asks a site whose services are halted sees how far it is, and then the site', async ({ stage, stranger: page, guard }) => {
  guard.allow(/status of 503|favicon/);
  const database = randomUUID();
  const site = await stage.site(database);
  await stage.halt(database, 'loading rows and building indexes', 42);
  await expect.poll(async () => (await page.request.get(site)).status()).toBe(503);
  await page.goto(site);
  await expect(page.getByRole('heading', { name: 'Back in a moment' })).toBeVisible();
  await expect(page.getByText('Loading rows and building indexes')).toBeVisible();
  await expect(page.getByRole('progressbar', { name: 'Progress' })).toHaveAttribute('value', '42');
  await picture(page, 'maintenance');
  await stage.halt(database, 'swapping', 97);
  await expect(page.getByText('97%')).toBeVisible();
  await stage.resume(database);
  await expect(page.getByText('hello from a file')).toBeVisible();
  await expect(page).toHaveURL(site);
});
