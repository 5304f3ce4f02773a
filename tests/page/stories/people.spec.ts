import { expect, picture, test } from '../support';

test('a user is added, gets another role, and is removed', async ({ as, organization, guard }) => {
  guard.allow(/status of 4\d\d .*\/users/);
  const page = await as('admin');
  await page.goto('/users');
  const table = page.getByRole('table', { name: 'Users' });
  await expect(table.getByRole('row')).toHaveCount(5);
  await page.getByRole('button', { name: 'Add a user' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a user' });
  const add = dialog.getByRole('button', { name: 'Add a user' });
  await dialog.getByRole('textbox', { name: 'Password' }).fill('short');
  await add.click();
  await expect(dialog.getByText('Give a name.')).toBeVisible();
  await expect(dialog.getByText('At least 12 characters.', { exact: true })).toBeVisible();
  await picture(page, 'user-form');
  await dialog.getByRole('textbox', { name: 'Password' }).fill('long enough for all');
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill(`${organization}-viewer`);
  await add.click();
  await expect(dialog.getByText(/exists|taken|already/i)).toBeVisible();
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill(`${organization}-grace`);
  await add.click();
  await expect(page.getByText(`${organization}-grace is a user of this organization.`)).toBeVisible();
  await picture(page, 'users');

  const menu = async (item: string) => {
    await page.getByRole('button', { name: `Actions for ${organization}-grace` }).click();
    await page.getByRole('menuitem', { name: item }).click();
  };
  await menu('Edit');
  const edit = page.getByRole('dialog', { name: `Edit ${organization}-grace` });
  await edit.getByRole('textbox', { name: 'Role' }).click();
  await page.getByRole('option', { name: 'Operator' }).click();
  await edit.getByRole('button', { name: 'Save' }).click();
  await expect(table.getByRole('row', { name: /grace/ })).toContainText('Operator');
  await menu('Remove');
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await expect(table.getByRole('row', { name: /grace/ })).toHaveCount(0);
  await page.getByRole('button', { name: `Actions for ${organization}-admin` }).click();
  await expect(page.getByRole('menuitem', { name: 'Remove' })).toBeDisabled();
});

test('a token has a role and an expiry, is shown once, works, and is deleted', async ({ as, stage, request }) => {
  const page = await as('admin');
  await page.goto('/users/tokens');
  await expect(page.getByRole('heading', { name: 'No tokens yet' })).toBeVisible();
  await page.getByRole('button', { name: 'Make a token' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Expires after' }).click();
  await page.getByRole('option', { name: 'Another time…' }).click();
  await dialog.getByLabel('Days').fill('0');
  await dialog.getByRole('button', { name: 'Make the token' }).click();
  await expect(dialog.getByText('Give a name.')).toBeVisible();
  await expect(dialog.getByText('A whole number from 1 to 3650.')).toBeVisible();
  await picture(page, 'token-form');
  await dialog.getByLabel('Days').fill('10');
  await dialog.getByRole('textbox', { name: 'Name' }).fill('monitoring');
  await dialog.getByRole('button', { name: 'Make the token' }).click();
  const token = (await page.getByRole('group', { name: 'the token' }).textContent()) ?? '';
  const ask = () => request.get(`${stage.where.url}/api/v1/me`, { headers: { Authorization: `Bearer ${token}` } });
  expect(((await (await ask()).json()) as { role: string }).role).toBe('viewer');
  await picture(page, 'token-once');
  await page.getByRole('button', { name: 'I have copied it' }).click();
  const row = page.getByRole('table', { name: 'Tokens' }).getByRole('row', { name: /monitoring/ });
  await expect(row).toContainText(/in \d+ days/);
  await expect(page.getByText(token)).toHaveCount(0);
  await picture(page, 'tokens');
  await page.getByRole('button', { name: 'Actions for monitoring' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByRole('heading', { name: 'No tokens yet' })).toBeVisible();
  expect((await ask()).status()).toBe(401);
});

test('one ends a session of one’s own, and that browser is signed out', async ({ as, guard }) => {
  guard.allow(/status of 401/);
  const here = await as('viewer');
  const there = await as('viewer');
  await there.goto('/');
  await here.goto('/');
  await here.getByRole('button', { name: /Account of/ }).click();
  await here.getByRole('menuitem', { name: 'Your sessions' }).click();
  const rows = here.getByRole('table', { name: 'Your sessions' }).getByRole('row');
  await expect(rows).toHaveCount(3); // with its head
  await picture(here, 'sessions');
  await rows.nth(1).getByRole('button').click(); // the newest is there
  await here.getByRole('dialog').getByRole('button', { name: 'End the session' }).click();
  await expect(rows).toHaveCount(2);
  await there.reload();
  await expect(there.getByRole('heading', { name: 'Sign in' })).toBeVisible();
});

test('an owner makes an organization and an account, and gives it a role there', async ({ as, organization }) => {
  const page = await as('owner');
  await page.goto('/users/organizations');
  await page.getByRole('button', { name: 'Add an organization' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Add an organization' }).click();
  await expect(dialog.getByText('Give a name.')).toBeVisible();
  await dialog.getByRole('textbox', { name: 'Name' }).fill(`${organization} second`);
  await dialog.getByRole('button', { name: 'Add an organization' }).click();
  await page.getByLabel('Search by name').fill(`${organization} second`); // other stories have more than a page of them
  const organizations = page.getByRole('table', { name: 'Organizations' });
  await expect(organizations.getByRole('row')).toHaveCount(2); // it may have stood in the longer list, which fades when it is replaced
  await expect(organizations.getByRole('row', { name: `${organization} second` })).toBeVisible();
  await picture(page, 'organizations');
  await page.getByRole('tab', { name: 'All accounts' }).click();
  await page.getByRole('button', { name: 'Add an account' }).click();
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill(`${organization}-linus`);
  await dialog.getByRole('button', { name: 'Add an account' }).click();
  await page.getByLabel('Search by name').fill(`${organization}-linus`);
  const accounts = page.getByRole('table', { name: 'All accounts' });
  await expect(accounts.getByRole('row')).toHaveCount(2);
  const row = accounts.getByRole('row', { name: /linus/ });
  await expect(row).toContainText('in none');
  await expect(row).toContainText('No password yet');
  await page.getByRole('button', { name: `Actions for ${organization}-linus` }).click();
  await page.getByRole('menuitem', { name: 'Give a role' }).click();
  await dialog.getByRole('textbox', { name: 'Organization' }).fill(`${organization} second`);
  await page.getByRole('option', { name: `${organization} second` }).click();
  await dialog.getByRole('button', { name: 'Give the role' }).click();
  await expect(row).toContainText(`${organization} second (viewer)`);
  await picture(page, 'accounts');
});
