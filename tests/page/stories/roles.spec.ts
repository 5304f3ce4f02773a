import { expect, test } from '../support';
import type { Role } from '../support';

const EVERYONE = ['Overview', 'DB Backup', 'DB Logs', 'Jobs', 'Keys', 'Storages', 'Servers', 'Settings', 'Help'];
const OF: Record<Role, { navigation: string[]; tabs: string[]; adds: boolean }> = {
  owner: { navigation: [...EVERYONE, 'Restore', 'Migrate', 'Users', 'Audit log'], tabs: ['Users', 'Tokens', 'All accounts', 'Organizations'], adds: true },
  admin: { navigation: [...EVERYONE, 'Restore', 'Migrate', 'Users', 'Audit log'], tabs: ['Users', 'Tokens'], adds: true },
  operator: { navigation: [...EVERYONE, 'Restore', 'Migrate'], tabs: [], adds: false },
  auditor: { navigation: [...EVERYONE, 'Audit log'], tabs: [], adds: false },
  viewer: { navigation: EVERYONE, tabs: [], adds: false },
};

for (const role of ['owner', 'admin', 'operator', 'auditor', 'viewer'] as const) {
  test(`the ${role} sees what the ${role} may`, async ({ as, stage, organization }) => {
    const { id } = (await stage.api<{ organization: { id: string } }>(organization, 'GET', '/me')).body.organization;
    const page = await as(role);
    const { csrf } = (await (await page.request.get('/api/v1/me')).json()) as { csrf: string };
    await page.request.put('/api/v1/me/organization', { data: { organization_id: id }, headers: { 'X-CSRF-Token': csrf } });
    await page.goto('/help');
    const links = page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
    await expect(links.first()).toBeVisible();
    expect((await links.allTextContents()).sort()).toEqual([...OF[role].navigation].sort());

    await page.goto('/settings');
    await expect(page.getByRole('region', { name: 'Halting services' })).toBeVisible();
    await expect(page.getByRole('heading', { name: 'Close the gate' }).or(page.getByText('Close the gate'))).toBeVisible();
    await expect(page.getByRole('button', { name: 'Add a webhook' })).toHaveCount(OF[role].adds ? 1 : 0);
    await expect(page.getByRole('button', { name: 'Save' })).toHaveCount(OF[role].adds ? 3 : 0); // halting, safety backups, reports
    for (const [path, button] of [['/servers', 'Add a server'], ['/servers', 'Add a SQL Server'], ['/storages', 'Add a storage']] as const) {
      await page.goto(path);
      await expect(page.getByRole('heading', { level: 2, name: /^No / })).toHaveCount(path === '/servers' ? 2 : 1);
      await expect(page.getByRole('button', { name: button })).toHaveCount(OF[role].adds ? 1 : 0);
    }
    if (OF[role].tabs.length === 0) return;
    await page.goto('/users');
    await expect(page.getByRole('tab').first()).toBeVisible();
    expect(await page.getByRole('tab').allTextContents()).toEqual(OF[role].tabs);
  });
}

test('whoever comes by an address to what is not theirs reads so, and has no button for it', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  const closed: readonly (readonly [path: string, heading: string, roles: readonly Role[]])[] = [
    ['/restore', 'Restoring needs the role operator', ['viewer', 'auditor']],
    ['/migrate', 'Migrating needs the role operator', ['viewer', 'auditor']],
    ['/backup/new', 'Making schedules needs the role operator', ['viewer', 'auditor']],
    [`/keys/${shop.key}/sheet`, 'The recovery sheet needs the role administrator', ['viewer', 'auditor', 'operator']],
    ['/users', 'Users need the role administrator', ['viewer', 'auditor', 'operator']],
    ['/users/tokens', 'Users need the role administrator', ['viewer', 'auditor', 'operator']],
    ['/audit', 'The audit log needs the role auditor', ['viewer', 'operator']],
  ];
  for (const role of ['viewer', 'auditor', 'operator'] as const) {
    const page = await as(role);
    for (const [path, heading, roles] of closed) {
      if (!roles.includes(role)) continue;
      await page.goto(path);
      await expect(page.getByRole('heading', { name: heading })).toBeVisible();
      await expect(page.getByRole('main').getByRole('button')).toHaveCount(0);
    }
  }
});
