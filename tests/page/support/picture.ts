import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from '@playwright/test';
import type { Page } from '@playwright/test';
import { checkAccess } from './access';

const FOLDER = resolve(dirname(fileURLToPath(import.meta.url)), '../../../build/screenshots');
const LOOKS = [
  [1440, 'light'],
  [1440, 'dark'],
  [390, 'dark'],
  [390, 'light'],
] as const;

/**
 * The page as it stands, wide and narrow, light and dark: axe on each, nothing beyond the edge of the window, and a picture
 * in build/screenshots/NAME-WIDTH-SCHEME.png. Leaves the page wide and light.
 */
export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  for (const [width, scheme] of LOOKS) {
    await page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
    await page.emulateMedia({ colorScheme: scheme });
    await drawn(page);
    if ((width === 390) === (scheme === 'dark')) await checkAccess(page); // each width and each scheme once
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(beyond, `${name} is ${String(beyond)} px too wide at ${String(width)}`).toBeLessThanOrEqual(0);
    await page.evaluate(() => { window.scrollTo(0, 0); }); // else what sticks stands in the middle of the picture
    await page.screenshot({ path: `${FOLDER}/${name}-${String(width)}-${scheme}.png`, fullPage: true });
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
}

/** What depends on the width is drawn anew: by an observer in a first frame, and what comes of that in the next ones. */
async function drawn(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (let frame = 0; frame < 4; frame += 1) await new Promise(requestAnimationFrame);
  });
}
