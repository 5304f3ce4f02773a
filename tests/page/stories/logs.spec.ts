import { expect, picture, test } from '../support';

test('a backup is looked at, verified, pinned, downloaded and deleted; several at once, too', async ({ as, stage, organization }) => {
  const page = await as('admin');
  await page.goto('/logs');
  await expect(page.getByRole('heading', { name: 'Nothing is logged yet' })).toBeVisible();
  const shop = await stage.shop(organization);
  for (let i = 0; i < 2; i += 1) {
    const { body } = await stage.api<{ job_id: string }>(organization, 'POST', '/backups', { database_id: shop.database, prefix: `no${String(i)}-` });
    await stage.jobEnd(organization, body.job_id);
  }
  await stage.catalog(`
    INSERT INTO job (organization_id, kind, database_id, state, database_name, created_by, created_at, ended_at, error)
    SELECT d.organization_id, 'backup', d.id, 'failed', d.name, 'schedule nightly', now() - interval '1 day', now() - interval '1 day',
           '{"code": "network", "message": "the server 10.0.0.7 does not answer: look whether it runs"}'
      FROM database d WHERE d.id = '${shop.database}'`);
  // Since then the database was asked for more than one answer of the audit log holds.
  await stage.catalog(`
    SELECT count(audit_append(organization_id, 'user ${organization}-admin', 'backup.request', 'database', id::text, name, '', 'success', 'job of another one'))
      FROM database, generate_series(1, 510) WHERE id = '${shop.database}'`);
  await page.reload();
  const table = page.getByRole('table', { name: 'Backups and restores' });
  await expect(table.getByRole('row')).toHaveCount(4);
  await expect(table.getByText('Rows counted')).toHaveCount(2);
  await picture(page, 'logs');
  const menu = async (row: RegExp, item: string) => {
    await page.getByRole('button', { name: row }).click();
    await page.getByRole('menuitem', { name: item }).click();
  };
  const [first, second] = [/Actions for no0-/, /Actions for no1-/];

  await menu(first, 'Pin');
  await expect(table.getByRole('img', { name: 'Pinned' })).toBeVisible();
  await page.getByRole('button', { name: first }).click();
  await expect(page.getByRole('menuitem', { name: 'Delete' })).toBeDisabled();
  await expect(page.getByText('It is pinned: unpin it first.')).toBeVisible();
  await page.keyboard.press('Escape');
  const download = page.waitForEvent('download');
  await menu(first, 'Download');
  expect((await download).suggestedFilename()).toMatch(/^no0-.*\.hf$/);

  // Verify asks how; a trial needs a server.
  await menu(second, 'Verify');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio', { name: 'By a restore that is thrown away' }).check();
  await dialog.getByRole('button', { name: 'Verify' }).click();
  await expect(dialog.getByText('Choose a server.')).toBeVisible();
  await dialog.getByRole('radio', { name: 'The file alone' }).check();
  await dialog.getByRole('button', { name: 'Verify' }).click();
  await expect(table.getByText('Verified')).toBeVisible({ timeout: 60_000 });

  // The page of one: details, tables, log, audit.
  await page.getByRole('link', { name: /^no1-/ }).click();
  await expect(page.getByText('Rows before compression')).toBeVisible();
  await expect(page.getByText(/\(([0-9a-f]{16})\)/)).toBeVisible();
  await picture(page, 'log');
  await page.getByRole('tab', { name: 'Tables' }).click();
  await expect(page.getByText('2 tables with 5,500 rows')).toBeVisible();
  await expect(page.getByRole('table', { name: 'Tables' }).getByRole('row', { name: /^public\.orders 5,000 \d/ })).toBeVisible();
  await picture(page, 'log-tables');
  await page.getByRole('tab', { name: 'Log', exact: true }).click();
  await expect(page.getByRole('list', { name: 'Log' }).getByText('the backup is done')).toBeVisible();
  await page.getByRole('tab', { name: 'Who did what' }).click();
  await expect(page.getByRole('table', { name: 'Who did what' }).getByText('verify.request')).toBeVisible();
  await expect(page.getByRole('table', { name: 'Who did what' }).getByRole('row', { name: /backup\.request/ })).toContainText(`user ${organization}-admin`);
  await page.getByRole('link', { name: 'All logs' }).click();

  // The failed one has no file, and says why it failed.
  await page.getByRole('link', { name: `Backup of ${shop.name}` }).click();
  await expect(page.getByText('the server 10.0.0.7 does not answer')).toBeVisible();
  await page.goBack();

  // Several at once: the pinned one and the failed one stay.
  await page.getByRole('checkbox', { name: 'Select all of this page' }).check();
  const some = page.getByRole('group', { name: 'What is selected' });
  await expect(some.getByText('3 selected (one of them has no file)')).toBeVisible();
  await some.getByRole('button', { name: 'Delete' }).click();
  await expect(dialog.getByText('This cannot be undone.')).toBeVisible();
  await expect(dialog.getByText('One of them is pinned or has no file, and stays.')).toBeVisible();
  await picture(page, 'logs-delete');
  await dialog.getByRole('button', { name: 'Delete for good' }).click();
  await expect(table.getByText('File deleted')).toHaveCount(1, { timeout: 60_000 });
  await page.getByText('Backup files').click();
  const files = page.getByRole('table', { name: 'Backup files' });
  await expect(files.getByRole('row')).toHaveCount(2);
  await expect(files.getByRole('link', { name: /^no0-/ })).toBeVisible();
});

test('a viewer may look, and no more; nothing found is said', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  const { body } = await stage.api<{ job_id: string }>(organization, 'POST', '/backups', { database_id: shop.database });
  await stage.jobEnd(organization, body.job_id);
  const page = await as('viewer');
  await page.goto('/logs');
  await page.getByRole('button', { name: /^Actions for/ }).click();
  await expect(page.getByRole('menuitem')).toHaveText(['View']);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('checkbox')).toHaveCount(0);
  await page.getByRole('searchbox', { name: 'Search by name' }).fill('nothing like it');
  await expect(page.getByText('Nothing matches.')).toBeVisible();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await page.getByRole('link', { name: new RegExp(shop.name) }).click();
  await expect(page.getByRole('tab', { name: 'Details' })).toBeVisible();
  await expect(page.getByRole('tab', { name: 'Who did what' })).toHaveCount(0);
  for (const name of ['Restore', 'Verify']) await expect(page.getByRole('button', { name })).toHaveCount(0);
});

test('logs are filtered by type, outcome, schedule and day, ordered by each column, and lead to a restore', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  const { body: schedule } = await stage.api<{ id: string }>(organization, 'POST', '/schedules', {
    name: 'nightly', interval_s: 86_400, storage_id: shop.storage, key_ids: [shop.key], database_ids: [shop.database],
  });
  const { body } = await stage.api<{ job_id: string }>(organization, 'POST', '/backups', { database_id: shop.database, prefix: 'b-' });
  expect(await stage.jobEnd(organization, body.job_id)).toBe('succeeded');
  await stage.catalog(`
    INSERT INTO job (organization_id, kind, database_id, schedule_id, state, database_name, name, size_bytes, created_by, created_at, ended_at)
    SELECT d.organization_id, kind, d.id, CASE WHEN kind = 'backup' THEN '${schedule.id}'::uuid END, state, d.name, it.name, bytes, 'somebody', now() - days * interval '1 day', now() - days * interval '1 day'
      FROM database d, (VALUES ('restore', 'succeeded', 'a-restore', 7, 3), ('backup', 'failed', 'c-failed', 900000000, 5), ('restore', 'failed', 'd-restore', 8, 9)) it (kind, state, name, bytes, days)
     WHERE d.id = '${shop.database}'`);
  const page = await as('operator');
  await page.goto('/logs');
  const table = page.getByRole('table', { name: 'Backups and restores' });
  const names = (...expected: string[]) => expect.poll(async () => (await table.locator('tbody tr a').allTextContents()).map((name) => name.slice(0, 2)).join(' ')).toBe(expected.join(' '));
  const choose = async (filter: string, option: string) => {
    await page.getByRole('textbox', { name: filter }).click();
    await page.getByRole('option', { name: option, exact: true }).click();
  };
  await names('b-', 'a-', 'c-', 'd-');
  await choose('Type', 'Restore');
  await names('a-', 'd-');
  await choose('Outcome', 'Failed');
  await names('d-');
  await page.reload(); // what was chosen stands in the address
  await names('d-');
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await names('b-', 'a-', 'c-', 'd-');
  await choose('Schedule', 'nightly');
  await names('c-');
  await page.getByRole('button', { name: 'Clear filters' }).click();
  const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
  await page.getByRole('textbox', { name: 'From', exact: true }).fill(day(7));
  await page.getByRole('textbox', { name: 'To', exact: true }).fill(day(1));
  await names('a-', 'c-');
  await page.getByRole('button', { name: 'Clear filters' }).click();
  for (const [column, up, down] of [['Name', 'a- b- c- d-', 'd- c- b- a-'], ['File Size', 'a- d- b- c-', 'c- b- d- a-'], ['Date Created', 'd- c- a- b-', 'b- a- c- d-']] as const) {
    const head = table.getByRole('columnheader', { name: column });
    for (const [order, expected] of [['ascending', up], ['descending', down]] as const) {
      await expect(async () => {
        if ((await head.getAttribute('aria-sort')) !== order) await head.getByRole('button').click();
        await expect(head).toHaveAttribute('aria-sort', order, { timeout: 1_000 });
      }).toPass();
      await names(...expected.split(' '));
    }
  }

  // What made no file restores nothing, and says why; what did leads to the restore of just that one.
  await page.getByRole('button', { name: 'Actions for a-restore' }).click();
  await expect(page.getByRole('menuitem', { name: /^Restore A restore has no file/ })).toBeDisabled();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^Actions for b-/ }).click();
  await page.getByRole('menuitem', { name: 'Restore', exact: true }).click();
  await expect(page).toHaveURL(/\/restore\?backup=[0-9a-f-]{36}$/);
  await expect(page.getByRole('radio', { name: 'Put a database back to this backup' })).toBeChecked();
  await expect(page.getByText(/^b-/).first()).toBeVisible();
});

test('100,000 rows are turned over, ordered and searched in no time', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  await stage.catalog(`
    WITH made AS (INSERT INTO job (organization_id, kind, database_id, state, database_name, name, size_bytes, created_by, created_at, ended_at)
      SELECT d.organization_id, 'backup', d.id, CASE WHEN i % 50 = 0 THEN 'failed' ELSE 'succeeded' END, d.name,
             CASE WHEN i % 50 = 0 THEN '' ELSE 'many-' || d.name || '-' || i || '.hf' END, CASE WHEN i % 50 <> 0 THEN i * 1000 END, 'schedule nightly',
             now() - i * interval '1 minute', now() - i * interval '1 minute'
        FROM database d, generate_series(1, 100000) i WHERE d.id = '${shop.database}' RETURNING *)
    INSERT INTO backup (organization_id, name, path, storage_id, type, database_id, database_name, server_name, job_id, fingerprints, size_bytes, created_by, created_at)
    SELECT m.organization_id, m.name, m.name, '${shop.storage}', 'scheduled', m.database_id, m.database_name, 'main', m.id, '{}', m.size_bytes, m.created_by, m.created_at
      FROM made m WHERE m.state = 'succeeded'`);
  await stage.catalog('ANALYZE job, backup');
  const page = await as('operator');
  await page.goto('/logs');
  const table = page.getByRole('table', { name: 'Backups and restores' });
  await expect(table.getByRole('row')).toHaveCount(26, { timeout: 60_000 });
  await expect(table.getByText('Rows counted').first()).toBeVisible();

  /** From the click until other rows are painted, by the browser's clock. */
  const turn = (button: string) =>
    page.evaluate(async (name) => {
      const first = () => document.querySelector('table[aria-label="Backups and restores"] tbody tr a')?.textContent;
      const before = first();
      const target = [...document.querySelectorAll('button')].find((each) => each.textContent?.trim() === name);
      const begin = performance.now();
      target?.click();
      while (first() === before && performance.now() - begin < 10_000) await new Promise(requestAnimationFrame);
      await new Promise(requestAnimationFrame);
      return performance.now() - begin;
    }, button);
  const times: Record<string, number[]> = { next: [], previous: [] };
  for (let i = 0; i < 10; i += 1) {
    await page.waitForTimeout(300); // as fast as somebody reads
    times.next?.push(await turn('Next'));
  }
  for (let i = 0; i < 5; i += 1) times.previous?.push(await turn('Previous'));
  times.hasty = [];
  for (let i = 0; i < 5; i += 1) {
    await expect(page.getByRole('button', { name: 'Next' })).toBeEnabled();
    times.hasty.push(await turn('Next'));
  }
  times['sort by size'] = [await turn('File Size')];
  times['sort by date'] = [await turn('Date Created')];
  for (const [what, all] of Object.entries(times)) console.log(`DB Logs, 100,000 rows, ${what}: ${all.map((each) => each.toFixed(0)).join(' ')} ms`);
  await page.getByRole('searchbox', { name: 'Search by name' }).fill('-77777.hf');
  await expect(table.getByRole('row')).toHaveCount(2);
});
