import { checkAccess, expect, test } from '../support';

// What a screen reader is given: names, roles and order, as the browser computes them.

test('the main pages are read out in regions, by their names', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  const { body } = await stage.api<{ job_id: string }>(organization, 'POST', '/backups', { database_id: shop.database, key_ids: [shop.key], prefix: 'one-' });
  expect(await stage.jobEnd(organization, body.job_id)).toBe('succeeded');
  const page = await as('operator');

  await page.goto('/');
  await expect(page.getByRole('navigation', { name: 'Pages' })).toMatchAriaSnapshot(`
    - navigation "Pages":
      - link "Overview"
      - link "DB Backup"
      - link "DB Logs"
      - link "Restore"
      - link "Migrate"
      - link "Jobs"
      - paragraph: Manage
      - link "Keys"
      - link "Storages"
      - link "Servers"
      - link "Settings"
      - link "Help"
  `);
  await expect(page.getByRole('banner')).toMatchAriaSnapshot(`
    - banner:
      - 'button "Jobs: none running"'
      - button "Colour scheme"
      - button "Account of ${organization}-operator"
  `);
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - main:
      - heading "Overview" [level=1]
      - list "In short":
        - listitem: Protected 1 of 1 database
        - listitem: Alarms 0 Every database is protected
        - listitem:
          - link /Running now \\d+/
        - listitem:
          - link "Failed, 24 hours 0 Nothing failed"
        - listitem:
          - link /Backups .* in 1 file/
      - region "Running now":
        - heading "Running now" [level=2]
        - link "All jobs"
      - region "What failed lately":
        - heading "What failed lately" [level=2]
        - link "All that failed"
  `);
  await expect(page.getByRole('table', { name: 'Databases' })).toMatchAriaSnapshot(`
    - table "Databases":
      - rowgroup:
        - row:
          - columnheader "Database":
            - button "Database"
          - columnheader "State":
            - button "State"
      - rowgroup:
        - row /${shop.name}/:
          - cell /${shop.name}/:
            - link "${shop.name}"
          - cell "Protected"
  `);

  await page.goto('/logs');
  await expect(page.getByRole('table', { name: 'Backups and restores' })).toMatchAriaSnapshot(`
    - table "Backups and restores":
      - rowgroup:
        - row:
          - columnheader:
            - checkbox "Select all of this page"
          - columnheader "Name"
          - columnheader "Date Created"
          - columnheader "Type"
          - columnheader "Database"
          - columnheader "File Size"
          - columnheader "Outcome"
          - columnheader "Proof"
          - columnheader "Actions"
      - rowgroup:
        - row:
          - cell:
            - checkbox /Select one-/
          - cell:
            - link /one-/
          - cell
          - cell "Backup"
          - cell "${shop.name}"
          - cell
          - cell "Succeeded"
          - cell "Rows counted"
          - cell:
            - button /Actions for one-/
  `);

  await page.goto('/restore');
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - main:
      - heading "Restore" [level=1]
      - list "Steps of the restore":
        - listitem: Backup (now)
        - listitem: Target (to come)
        - listitem: Check and confirm (to come)
      - 'heading "Step 1 of 3: Backup" [level=2]'
      - heading "Which backup?" [level=2]
      - region "Which backup?":
        - searchbox "Search by name"
        - table "Which backup?"
  `);
});

test('a watched job tells its phases, each tenth of the way and its end; a notification is read out', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  await stage.stopWorker();
  const { body } = await stage.api<{ job_id: string }>(organization, 'POST', '/backups', { database_id: shop.database, key_ids: [shop.key] });
  const job = body.job_id;
  const show = (percent: number) =>
    stage.catalog(`
      UPDATE job SET state = 'running', phase = 'copying rows', started_at = now(), attempt = 1, lease_until = now() + interval '1 hour',
        progress = '{"percent":${String(percent)},"rows":1000,"bytes_in":1000,"bytes_out":1000,"rate_in":1000,"rate_out":1000,"elapsed_s":2,"left_s":3,"lanes":[{"label":"public.orders","percent":${String(percent)}}]}'
      WHERE id = '${job}'`);
  const page = await as('operator');
  await page.goto(`/jobs/${job}`);
  const said = page.getByRole('main').getByRole('status').first();
  await expect(said).toHaveText('Waiting');
  await show(43.2);
  await expect(said).toHaveText('Copying rows, 40 percent');
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - main:
      - heading "Backup of ${shop.name}" [level=1]
      - button "Cancel the job"
      - status: Copying rows, 40 percent
      - list "Steps":
        - listitem: /Snapshot .*done/
        - listitem: /Copy rows .*now/
        - listitem: /Finish .*to come/
        - listitem
      - region "Progress":
        - progressbar "Progress"
      - region "In flight":
        - heading "In flight" [level=2]
        - list:
          - listitem:
            - progressbar "public.orders"
      - region "Log":
        - heading "Log" [level=2]
        - searchbox "Search the log"
        - log "Log"
  `);
  await show(71);
  await expect(said).toHaveText('Copying rows, 70 percent');

  // Another page: the end is an alert, by its own words.
  await page.getByRole('link', { name: 'Help' }).click();
  await expect(page.getByRole('heading', { name: 'Help', level: 1 })).toBeVisible();
  await stage.catalog(`UPDATE job SET state = 'failed', lease_until = NULL, ended_at = now(), progress = NULL,
    error = '{"code":"storage","message":"the disk is full"}' WHERE id = '${job}'`);
  await expect(page.getByRole('alert')).toContainText(`Backup of ${shop.name} failed`);
  await checkAccess(page, true); // it stays, as it has failed
  await page.goto(`/jobs/${job}`);
  await expect(said).toHaveText('Failed');
  await stage.startWorker();
});
