import { expect, picture, test } from '../support';

test('keys are made in each way, renamed and deleted; wrong input is said', async ({ as, stage, organization, guard }) => {
  guard.allow(/status of 400 .*\/keys/);
  const page = await as('admin');
  await page.goto('/keys');
  await expect(page.getByRole('heading', { name: 'No key yet' })).toBeVisible();
  await page.getByRole('button', { name: 'New key' }).click();
  const dialog = page.getByRole('dialog');
  const make = dialog.getByRole('button', { name: 'Make the key' });
  const way = (name: string) => dialog.getByRole('radio', { name, exact: true }).check();
  await way('Paste a secret key');
  await dialog.getByRole('textbox', { name: 'Secret key' }).fill('AGE-SECRET');
  await make.click();
  await expect(dialog.getByText('Give it a name.')).toBeVisible();
  await expect(dialog.getByText('A secret key begins with')).toBeVisible();
  await dialog.getByRole('textbox', { name: 'Name' }).fill('main');
  await dialog.getByRole('textbox', { name: 'Secret key' }).fill('AGE-SECRET-KEY-1NONE');
  await make.click();
  await expect(dialog.getByRole('alert').or(dialog.locator('[role=alert], .mantine-InputWrapper-error')).first()).toBeVisible();
  await way('Passphrase');
  await dialog.getByRole('textbox', { name: 'Passphrase', exact: true }).fill('correct horse battery');
  await dialog.getByRole('textbox', { name: 'Passphrase again' }).fill('something else');
  await make.click();
  await expect(dialog.getByText('The two are not the same.')).toBeVisible();
  await way('Public key alone');
  await dialog.getByRole('textbox', { name: 'Public key' }).fill('nothing');
  await make.click();
  await expect(dialog.getByText('A public key begins with age1.')).toBeVisible();
  await way('Make a new key pair');
  await picture(page, 'key-new');
  await make.click();
  await expect(dialog.getByText('Save its recovery sheet now')).toBeVisible();
  await dialog.getByRole('link', { name: 'To the recovery sheet' }).click();

  // The sheet is asked for by a click, and only it is printed.
  await page.getByRole('button', { name: 'Show the sheet' }).click();
  await expect(page.getByText(/AGE-SECRET-KEY-1/).first()).toBeVisible();
  await picture(page, 'key-sheet');
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByRole('link', { name: 'All keys' })).toBeHidden();
  await expect(page.getByRole('navigation')).toBeHidden();
  await page.setViewportSize({ width: 718, height: 1000 }); // A4 without its margins
  await page.screenshot({ path: '../../build/screenshots/key-sheet-print.png', fullPage: true });
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ media: 'screen' });
  const [noted] = await stage.catalog(`SELECT actor FROM audit_event WHERE action = 'key.sheet' AND object_name = 'main'`);
  expect(noted?.[0]).toContain(`${organization}-admin`);

  await page.getByRole('link', { name: 'All keys' }).click();
  const menu = async (item: string) => {
    await page.getByRole('button', { name: 'Actions for main' }).click();
    await page.getByRole('menuitem', { name: item }).click();
  };
  await menu('Rename');
  await dialog.getByRole('textbox', { name: 'Name' }).fill('');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByText('Give it a name.')).toBeVisible();
  await page.keyboard.press('Escape');
  await menu('Delete');
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByRole('heading', { name: 'No key yet' })).toBeVisible();
});

test('one sees what a key opens, and tries it on a file', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  const { body } = await stage.api<{ job_id: string }>(organization, 'POST', '/backups', { database_id: shop.database });
  await stage.jobEnd(organization, body.job_id);
  await stage.api(organization, 'POST', '/keys', { name: 'other', kind: 'identity' });
  const sheet = await stage.text(organization, 'POST', `/keys/${shop.key}/sheet`);
  const secret = /AGE-SECRET-KEY-1\w+/.exec(sheet)?.[0] ?? '';
  const page = await as('operator');
  await page.goto('/keys');
  await page.getByRole('button', { name: /^1 backup, \d/ }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('link', { name: new RegExp(shop.name) })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByText('No backup yet')).toBeVisible();
  await picture(page, 'keys');
  await page.getByRole('button', { name: 'Test a key' }).click();
  await expect(dialog.getByText('It was encrypted for: key (')).toBeVisible();
  await dialog.getByRole('button', { name: 'Try it' }).click();
  await expect(dialog.getByText(`key opens ${shop.name}`)).toBeVisible();
  await dialog.getByRole('textbox', { name: 'Key', exact: true }).click();
  await page.getByRole('option', { name: 'other' }).click();
  await expect(dialog.getByText(`key opens ${shop.name}`)).toBeHidden();
  await dialog.getByRole('button', { name: 'Try it' }).click();
  await expect(dialog.getByText(`other is not a key of ${shop.name}`)).toBeVisible();
  await picture(page, 'key-test');
  await dialog.getByRole('textbox', { name: 'Key', exact: true }).click();
  await page.getByRole('option', { name: 'One that I paste' }).click();
  await dialog.getByRole('button', { name: 'Try it' }).click();
  await expect(dialog.getByText('Give the secret key or the passphrase.')).toBeVisible();
  await dialog.getByRole('textbox', { name: 'Secret key or passphrase' }).fill(secret);
  await dialog.getByRole('button', { name: 'Try it' }).click();
  await expect(dialog.getByText('The key that was pasted opens')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Actions for other' }).click();
  await expect(page.getByRole('menuitem')).toHaveText(['What it opens', 'Copy the public key']);

  // Whoever may delete keys is told beforehand which one stays.
  const admin = await as('admin');
  await admin.goto('/keys');
  await admin.getByRole('button', { name: 'Actions for key' }).click();
  await expect(admin.getByRole('menuitem', { name: 'Delete It alone opens 1 backup: delete them first.' })).toBeDisabled();
  await admin.keyboard.press('Escape');
  await admin.getByRole('button', { name: 'Actions for other' }).click();
  await admin.getByRole('menuitem', { name: 'Delete' }).click();
  await admin.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(admin.getByText('other is deleted.')).toBeVisible();
});
