import { test as base } from '@playwright/test';
import type { BrowserContext, Page } from '@playwright/test';
import { Guard } from './guard';
import { Stage } from './stage';

export { expect } from '@playwright/test';
export { checkAccess } from './access';
export { held } from './held';
export { picture } from './picture';
export { traffic } from './traffic';
export type { Mssql, Shop } from './stage';

export type Role = 'owner' | 'admin' | 'auditor' | 'operator' | 'viewer';

interface Fixtures {
  /** An organization that is this story's alone, by its name. */
  organization: string;
  /** A page of somebody signed in: `await as('viewer')`. Several are several browsers. The owner is the installation's. */
  as: (role: Role, options?: { width?: number; dark?: boolean; zone?: string }) => Promise<Page>;
  /** A page of nobody. */
  stranger: Page;
  /** Every page's: a console error or a breach of the policy fails the story. `guard.allow(/…/)` for one that is meant. */
  guard: Guard;
}

let number = 0;

/** Stories use this `test`: what they need is made by naming it. */
export const test = base.extend<Fixtures, { stage: Stage }>({
  stage: [
    async ({}, use) => {
      const stage = await Stage.start();
      await use(stage);
      await stage.stop();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  guard: async ({}, use) => {
    const guard = new Guard();
    await use(guard);
    guard.check();
  },
  organization: async ({ stage }, use) => {
    number += 1;
    const name = `org${String(number)}`;
    await stage.organization(name);
    await use(name);
  },
  as: async ({ browser, stage, organization, guard }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (role, options = {}) => {
      const context = await browser.newContext({
        baseURL: stage.where.url,
        colorScheme: options.dark ? 'dark' : 'light',
        ...(options.zone ? { timezoneId: options.zone } : {}),
        viewport: { width: options.width ?? 1440, height: options.width && options.width < 600 ? 844 : 900 },
      });
      contexts.push(context);
      await stage.forgetTries();
      const answer = await context.request.post('/api/v1/session', {
        data: { user: role === 'owner' ? stage.where.owner : `${organization}-${role}`, password: stage.where.password },
      });
      if (!answer.ok()) throw new Error(await answer.text());
      const page = await context.newPage();
      guard.watch(page);
      return page;
    });
    for (const context of contexts) await context.close();
  },
  stranger: async ({ browser, stage, guard }, use) => {
    const context = await browser.newContext({ baseURL: stage.where.url });
    const page = await context.newPage();
    guard.watch(page);
    await use(page);
    await context.close();
  },
});
