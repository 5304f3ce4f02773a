import { expect, picture, test } from '../support';

test('one signs in, and is where one wanted to be', async ({ stage, organization, stranger: page }) => {
  await page.goto('/jobs');
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await picture(page, 'sign-in');
  await page.getByLabel('User name').fill(`${organization}-admin`);
  await page.getByRole('textbox', { name: 'Password' }).fill(stage.where.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { name: 'Jobs', level: 1 })).toBeVisible();
  await expect(page).toHaveURL(/\/jobs$/);
});

test('a wrong password is said kindly, and nothing is left of it', async ({ organization, stranger: page }) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByText('Give your user name.')).toBeVisible();
  await page.getByLabel('User name').fill(`${organization}-admin`);
  await page.getByRole('textbox', { name: 'Password' }).fill('not this one');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toContainText('The user name or the password is wrong.');
  await expect(page.getByRole('alert')).toContainText('wrong-credentials');
  await expect(page.getByRole('textbox', { name: 'Password' })).toHaveValue('');
  await picture(page, 'sign-in-wrong');
});

test('too many tries are refused for a while', async ({ organization, stranger: page, guard, stage }) => {
  guard.allow(/status of 429/);
  await page.goto('/');
  await page.getByLabel('User name').fill(`${organization}-viewer`);
  const alert = page.getByRole('alert');
  for (let tries = 0; tries < 25; tries += 1) {
    await page.getByRole('textbox', { name: 'Password' }).fill('not this one');
    const answer = page.waitForResponse('**/api/v1/session');
    await page.getByRole('button', { name: 'Sign in' }).click();
    if ((await answer).status() === 429) break;
  }
  await expect(alert).toContainText('Too many tries');
  await expect(alert).toContainText('Wait 15 minutes');
  await stage.forgetTries();
});

test('a session that ends brings one back to the same page', async ({ as, stage, organization, guard }) => {
  guard.allow(/status of 401/);
  const page = await as('operator');
  await page.goto('/keys');
  await expect(page.getByRole('heading', { name: 'Keys', level: 1 })).toBeVisible();
  await page.context().clearCookies();
  await expect(page.getByText('Your session has ended.')).toBeVisible({ timeout: 60_000 });
  await stage.forgetTries();
  await page.getByLabel('User name').fill(`${organization}-operator`);
  await page.getByRole('textbox', { name: 'Password' }).fill(stage.where.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { name: 'Keys', level: 1 })).toBeVisible();
});

test('who signs in again looks at the organization of before', async ({ as, stage, organization, guard }) => {
  guard.allow(/status of 401/);
  const second = `${organization}-second`;
  await stage.organization(second);
  const page = await as('owner');
  await page.goto('/');
  const here = page.getByRole('button', { name: /^Organization: / });
  const other = (await here.textContent()) === organization ? second : organization; // not the one that a session begins with
  await here.click();
  await page.getByRole('menuitem', { name: other, exact: true }).click();
  await expect(here).toHaveText(other);
  await page.context().clearCookies();
  await page.goto('/keys');
  await stage.forgetTries();
  await page.getByLabel('User name').fill(stage.where.owner);
  await page.getByRole('textbox', { name: 'Password' }).fill(stage.where.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { name: 'Keys', level: 1 })).toBeVisible();
  await expect(here).toHaveText(other);
});
