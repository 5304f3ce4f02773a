import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, type Page } from '@playwright/test';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

interface Violation {
  id: string;
  help: string;
  nodes: { html: string; failureSummary?: string }[];
}

/** axe on the page as it stands: nothing may be wrong. Notifications fade when they will: `withNotifications` for one that stays. */
export async function checkAccess(page: Page, withNotifications = false): Promise<void> {
  await settled(page);
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(`(() => { ${AXE} })()`);
  const violations = await page.evaluate(
    async ({ tags, exclude }) =>
      (
        (await (window as unknown as { axe: { run: (at: unknown, how: unknown) => Promise<{ violations: Violation[] }> } }).axe.run({ include: [['html']], exclude }, {
          runOnly: { type: 'tag', values: tags },
          resultTypes: ['violations'],
          preload: false, // of style sheets, for rules that are not among these
        })) as { violations: Violation[] }
      ).violations,
    { tags: TAGS, exclude: withNotifications ? [] : [['.mantine-Notifications-root']] },
  );
  if (violations.length === 0) return;
  const text = violations
    .map((each) => `${each.id}: ${each.help}\n${each.nodes.map((node) => `    ${node.html}\n    ${node.failureSummary ?? ''}`).join('\n')}`)
    .join('\n');
  throw new Error(`axe on ${page.url()}:\n${text}`);
}

/** What fades in has a contrast only when it is there, and a list that is being replaced has none that counts. */
export async function settled(page: Page): Promise<void> {
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
  await page.evaluate(() => Promise.all(document.getAnimations().filter((each) => each.effect?.getComputedTiming().iterations !== Infinity).map((each) => each.finished.catch(() => undefined))));
}
