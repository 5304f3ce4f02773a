import type { Page } from '@playwright/test';

export interface Traffic {
  requests: number;
  /** Over the wire: headers and bodies as they are compressed. */
  bytes: number;
  paths: string[];
}

/** Counts what the page asks from now on. */
export async function traffic(page: Page): Promise<Traffic> {
  const seen: Traffic = { requests: 0, bytes: 0, paths: [] };
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  session.on('Network.requestWillBeSent', ({ request }) => {
    seen.requests += 1;
    seen.paths.push(new URL(request.url).pathname);
  });
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    seen.bytes += encodedDataLength;
  });
  return seen;
}
