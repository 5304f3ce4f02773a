import type { Locator, Page } from '@playwright/test';
import { expect, test } from '../support';

const PAGES = ['/', '/backup', '/logs', '/restore', '/migrate', '/jobs', '/keys', '/storages', '/servers', '/users', '/audit', '/settings', '/help', '/welcome', '/sessions'];
const MOST = 300;

interface Stop {
  what: string;
  /** What is wrong with it, for somebody who has no pointer. */
  faults: string[];
}

/** What Tab has come to; null: the page is over. */
async function stop(page: Page): Promise<Stop | null> {
  return page.evaluate(() => {
    const at = document.activeElement;
    if (!(at instanceof HTMLElement || at instanceof SVGElement) || at === document.body) return null;
    const known = window as unknown as { before?: Element; seen?: Set<Element> };
    const seen = (known.seen ??= new Set());
    if (seen.has(at)) return null;
    seen.add(at);
    // Of a choice that is drawn as its label the input itself has no size.
    const label = (at as HTMLInputElement).labels?.[0];
    const box = (at.getBoundingClientRect().width < 1 && label ? label : at).getBoundingClientRect();
    const style = getComputedStyle(at);
    const faults: string[] = [];
    if (box.width < 1 || box.height < 1 || box.bottom <= 0 || box.top >= window.innerHeight) faults.push('out of sight');
    else {
      const top = document.elementFromPoint(box.left + box.width / 2, Math.max(1, Math.min(window.innerHeight - 1, box.top + box.height / 2)));
      if (top && !at.contains(top) && !top.contains(at) && !label?.contains(top)) faults.push(`below ${top.outerHTML.slice(0, 80)}`);
    }
    const isField = ['INPUT', 'TEXTAREA', 'SELECT'].includes(at.tagName);
    if (!isField && style.outlineStyle === 'none') faults.push('no ring');
    if (known.before && !(known.before.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING)) faults.push('before what came before');
    known.before = at;
    const name = at.getAttribute('aria-label') ?? (isField ? (at as HTMLInputElement).labels?.[0]?.textContent : at.textContent) ?? '';
    if (!name.trim() && !at.getAttribute('aria-labelledby') && !at.querySelector('[aria-label]')) faults.push('no name');
    return { what: `${at.tagName.toLowerCase()} ${at.getAttribute('role') ?? ''} "${name.trim().slice(0, 40)}"`, faults };
  });
}

/** From the top of the page to its end: every stop in view, with a ring and a name, in the order of the page. */
async function walk(page: Page): Promise<Stop[]> {
  const stops: Stop[] = [];
  for (;;) {
    await page.keyboard.press('Tab');
    const next = await stop(page);
    if (next === null) return stops;
    stops.push(next);
    if (stops.length > MOST) throw new Error(`no end of ${page.url()}: ${next.what}`);
  }
}

test('each page is walked by the keyboard alone: in order, in sight, with a ring and a name', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  const { body } = await stage.api<{ job_id: string }>(organization, 'POST', '/backups', { database_id: shop.database, key_ids: [shop.key] });
  await stage.api(organization, 'POST', '/schedules', {
    name: 'nightly', interval_s: 86400, storage_id: shop.storage, key_ids: [shop.key], server_id: shop.server, database_pattern: '*', starts_at: '2100-01-01T00:00:00Z',
  });
  expect(await stage.jobEnd(organization, body.job_id)).toBe('succeeded');
  const faults: string[] = [];
  for (const width of [1440, 390]) {
    const page = await as('admin', { width });
    for (const path of [...PAGES, `/logs/${body.job_id}`, `/jobs/${body.job_id}`, `/databases/${shop.database}`, `/servers/${shop.server}`]) {
      await page.goto(path, { waitUntil: 'networkidle' });
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      const stops = await walk(page);
      expect(stops[0]?.what).toContain('Skip to the content');
      expect(stops.length).toBeGreaterThan(4);
      for (const { what, faults: of } of stops) if (of.length > 0) faults.push(`${path} at ${String(width)}: ${what}: ${of.join(', ')}`);
    }
    await page.close();
  }
  expect(faults).toEqual([]);
});

test('a link leads to the heading of its page, a menu and a dialog give the focus back', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  const { body } = await stage.api<{ job_id: string }>(organization, 'POST', '/backups', { database_id: shop.database, prefix: 'one-' });
  await stage.jobEnd(organization, body.job_id);
  const page = await as('operator');
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();
  await page.getByRole('link', { name: 'DB Logs' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'DB Logs', level: 1 })).toBeFocused();

  const button = page.getByRole('button', { name: /^Actions for one-/ });
  await button.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menu')).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('menuitem', { name: 'View' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('menu')).toBeHidden();
  await expect(button).toBeFocused();
  await button.click();
  await expect(page.getByRole('menu')).toBeVisible();
  await button.click();
  await expect(page.getByRole('menu')).toBeHidden();

  await expect(button).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menu')).toBeVisible();
  await page.getByRole('menuitem', { name: 'Delete' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: /^Delete one-/ });
  await expect(dialog).toBeVisible();
  await expect(dialog.locator(':focus')).toHaveCount(1);
  for (let i = 0; i < 8; i += 1) {
    await page.keyboard.press('Tab');
    expect(await dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true);
  }
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(button).toBeFocused();
});

test('a menu has the focus as soon as it is there: a key that follows at once is for it', async ({ as, stage, organization }) => {
  await stage.shop(organization);
  const page = await as('admin');
  await page.goto('/storages');
  const button = page.getByRole('button', { name: 'Actions for disk' });
  await button.focus();
  await page.evaluate(() => {
    const { setTimeout } = window;
    window.setTimeout = ((work: () => void, ms = 0) => setTimeout(work, ms + 2_000)) as typeof window.setTimeout; // as on a slow machine
  });
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menu')).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('menuitem').first()).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('menu')).toBeHidden();
  await expect(button).not.toBeFocused();
  await page.keyboard.press('Shift+Tab');
  await expect(button).toBeFocused();
});

test('the step of a wizard has the focus at its heading', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  const { body } = await stage.api<{ job_id: string }>(organization, 'POST', '/backups', { database_id: shop.database, prefix: 'one-' });
  await stage.jobEnd(organization, body.job_id);
  const page = await as('operator');
  await page.goto('/migrate');
  await page.getByRole('textbox', { name: 'Name of the new database' }).fill('copy');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Step 2 of 4: What moves' })).toBeFocused();
  await page.getByRole('button', { name: 'Back' }).press('Enter');
  await expect(page.getByRole('heading', { name: 'Step 1 of 4: From and to' })).toBeFocused();
  await page.goto('/restore');
  await page.getByRole('button', { name: /one-/ }).press('Enter');
  await expect(page.getByRole('heading', { name: 'Step 2 of 3: Target' })).toBeFocused();
});

test('a dialog that is loaded when it opens gives the focus back all the same', async ({ as, stage, organization }) => {
  const shop = await stage.shop(organization);
  await stage.api(organization, 'POST', '/schedules', {
    name: 'nightly', interval_s: 86400, storage_id: shop.storage, key_ids: [shop.key], server_id: shop.server, database_pattern: '*', starts_at: '2100-01-01T00:00:00Z',
  });
  await stage.api(organization, 'POST', '/mssql-servers', { name: 'Sales', address: 'db.example', username: 'mover', password: 'secret' });
  const page = await as('admin');
  const dialog = page.getByRole('dialog');
  const closes = async (button: Locator) => {
    await expect(dialog).toBeVisible();
    await expect(dialog.locator(':focus')).toHaveCount(1);
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    await expect(button).toBeFocused();
  };
  await page.goto('/backup');
  const byHand = page.getByRole('button', { name: 'Manual Backup' });
  for (let again = 0; again < 2; again += 1) {
    await byHand.press('Enter');
    await closes(byHand);
  }
  const places: readonly (readonly [path: string, button: string, item: string])[] = [
    ['/backup', 'Actions for nightly', 'View'],
    [`/databases/${shop.database}`, `Actions for ${shop.name}`, 'Export tables'],
    ['/servers', 'Actions for Sales', 'Test'],
    ['/help', `Account of ${organization}-admin`, 'Change password'],
  ];
  for (const [path, name, item] of places) {
    await page.goto(path);
    const button = page.getByRole('button', { name });
    await button.press('Enter');
    await page.getByRole('menuitem', { name: item }).press('Enter');
    await closes(button);
  }
});
