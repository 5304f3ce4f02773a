import { expect, picture, test } from '../support';

test('a code is looked up, and one restores by hand', async ({ as }) => {
  const page = await as('viewer');
  await page.goto('/help#wrong-key');
  await expect(page.getByText('None of the keys that Holdfast has opens the file.')).toBeInViewport();
  await picture(page, 'help');
  await page.getByLabel('Find a code').fill('stale');
  await expect(page.getByText('Changed by somebody else')).toBeVisible();
  await expect(page.getByText('None of the keys that Holdfast has')).toHaveCount(0);
  await page.getByLabel('Find a code').fill('no such code');
  await expect(page.getByText('No code is like that.')).toBeVisible();
  await expect(page.getByRole('group', { name: 'the commands that unpack' })).toContainText('age -d -i ../key.txt');
});

test('one reads how a database is moved, what stays behind, and where the types are', async ({ as }) => {
  const page = await as('viewer');
  await page.goto('/help');
  await page.getByRole('navigation', { name: 'On this page' }).getByRole('link', { name: 'Move a database' }).click();
  const moving = page.getByRole('region', { name: 'Move a database' });
  await expect(moving).toBeInViewport();
  for (const name of ['To another PostgreSQL', 'To SQL Server', 'What cannot go to SQL Server, and why', 'Tables as files']) {
    await expect(moving.getByRole('heading', { name, exact: true })).toBeVisible();
  }
  await expect(moving).toContainText('docs/migrate-to-sql-server.md');
  await expect(moving.getByRole('group', { name: 'the commands that import a table' })).toContainText('--preview');
  await expect(moving.getByRole('link', { name: 'To Migrate' })).toHaveCount(0);
});
