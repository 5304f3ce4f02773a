import { expect, test } from '../support';

const A4 = { width: 718, height: 1000 }; // without its margins

test('DB Logs and the audit log go on paper: every row, nothing of the page around them, black on white', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  await stage.catalog(`
    INSERT INTO job (organization_id, kind, database_id, state, database_name, created_by, created_at, ended_at, error)
    SELECT d.organization_id, 'backup', d.id, 'failed', d.name || '_' || i, 'schedule nightly', now() - i * interval '1 hour', now() - i * interval '1 hour',
           '{"code": "network", "message": "the server does not answer"}'
      FROM database d, generate_series(1, 25) i WHERE d.id = '${shop.database}'`);
  const page = await as('auditor', { dark: true });
  for (const [path, label, rows] of [['/logs', 'Backups and restores', 26], ['/audit', 'Audit log', null]] as const) {
    await page.emulateMedia({ media: 'screen' });
    await page.goto(path);
    const table = page.getByRole('table', { name: label });
    await expect(table.getByRole('row').nth(1)).toBeVisible();
    if (rows !== null) await expect(table.getByRole('row')).toHaveCount(rows);
    await page.emulateMedia({ media: 'print' });
    await page.setViewportSize(A4);
    await expect(page.getByRole('navigation', { name: 'Pages' })).toBeHidden();
    await expect(page.getByRole('banner')).toBeHidden();
    await expect(page.getByRole('searchbox')).toBeHidden();
    await expect(page.getByRole('button').and(page.locator(':not(th button)'))).toHaveCount(0); // but the headings, which order
    await expect(page.getByRole('radio')).toHaveCount(0);
    for (const row of await table.getByRole('row').all()) await expect(row).toBeVisible();
    const found = await table.evaluate((element) => {
      const cells = [...element.querySelectorAll('th, td')].filter((cell) => getComputedStyle(cell).display !== 'none');
      return {
        right: Math.max(...cells.map((cell) => cell.getBoundingClientRect().right)),
        ink: getComputedStyle(element).color,
        ground: getComputedStyle(document.body).backgroundColor,
      };
    });
    expect(found.right).toBeLessThanOrEqual(A4.width);
    expect(found.ink).toBe('rgb(0, 0, 0)');
    expect(found.ground).toBe('rgb(255, 255, 255)');
    await page.screenshot({ path: `../../build/screenshots${path}-print.png`, fullPage: true });
    await page.setViewportSize({ width: 1440, height: 900 });
  }
});
