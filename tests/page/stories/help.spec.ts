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
