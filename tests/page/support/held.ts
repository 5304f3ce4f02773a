import type { Page } from '@playwright/test';

/** Requests that match are held until what this gives is called: what is seen only while they are away can be looked at. */
export async function held(page: Page, pattern: string): Promise<() => void> {
  let letGo: () => void = () => undefined;
  const gone = new Promise<void>((resolve) => (letGo = resolve));
  await page.route(pattern, async (route) => {
    await gone;
    await route.continue();
  });
  return letGo;
}
