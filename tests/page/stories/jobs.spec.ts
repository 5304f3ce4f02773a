import { expect, picture, test } from '../support';

test('the list of jobs is ordered, filtered and turned over by the server', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  const page = await as('viewer');
  await page.goto('/jobs');
  await expect(page.getByRole('heading', { name: 'No job has run yet' })).toBeVisible();
  await stage.catalog(`
    INSERT INTO job (organization_id, kind, database_id, state, database_name, created_by, created_at, ended_at)
    SELECT d.organization_id, 'backup', d.id, CASE WHEN i % 2 = 0 THEN 'failed' ELSE 'succeeded' END, d.name, 'schedule nightly',
           now() - i * interval '1 hour', now() - i * interval '1 hour'
      FROM database d, generate_series(1, 60) i WHERE d.id = '${shop.database}'`);
  const table = page.getByRole('table', { name: 'Jobs' });
  await expect(table.getByRole('row')).toHaveCount(26, { timeout: 60_000 });
  await expect(page.getByText('Page 1')).toBeVisible();
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page.getByText('Page 2')).toBeVisible();
  await page.getByRole('button', { name: 'Made' }).click();
  await expect(page.getByText('Page 1')).toBeVisible();
  await expect(page).toHaveURL(/sort=created_at/);
  await page.getByLabel('State').first().click();
  await page.getByRole('option', { name: 'Failed' }).click();
  await expect(page).toHaveURL(/state=failed/);
  await expect(table.getByText('Succeeded')).toHaveCount(0);
  await picture(page, 'jobs');
});

test('an assessment has its words among the jobs and in the audit log', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  const { body } = await stage.api<{ job_id: string }>(organization, 'POST', '/assessments', { database_id: shop.database });
  expect(await stage.jobEnd(organization, body.job_id)).toBe('succeeded');
  const page = await as('auditor');
  await page.goto('/jobs');
  await page.getByRole('textbox', { name: 'Kind' }).click();
  await expect(page.getByRole('option', { name: 'Migration', exact: true })).toBeVisible();
  await page.getByRole('option', { name: 'Assessment', exact: true }).click();
  await expect(page).toHaveURL(/kind=assess/);
  await expect(page.getByRole('table', { name: 'Jobs' }).getByRole('row', { name: `Assessment of ${shop.name}` })).toContainText('Succeeded');
  await page.goto('/audit');
  const audit = page.getByRole('table', { name: 'Audit log' });
  for (const what of ['Assessment asked for', 'Assessment ended']) await expect(audit.getByRole('row', { name: what })).toContainText(shop.name);
  await page.getByRole('textbox', { name: 'What' }).click();
  for (const what of ['Migration asked for', 'Migration ended', 'SQL Server added']) await expect(page.getByRole('option', { name: what })).toBeVisible();
});
