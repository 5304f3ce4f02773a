import type { Page } from '@playwright/test';

export interface Traffic {
  requests: number;
  /** Over the wire: headers and bodies as they are compressed. */
  bytes: number;
  /** What was asked, the largest first, a line each. */
  list: () => string;
  /** As somebody who was never here. */
  forgetCache: () => Promise<unknown>;
  end: () => Promise<void>;
}

/** Counts what the page asks from now on. */
export async function traffic(page: Page): Promise<Traffic> {
  const paths = new Map<string, string>();
  const sizes: [path: string, bytes: number][] = [];
  const session = await page.context().newCDPSession(page);
  const seen: Traffic = {
    requests: 0,
    bytes: 0,
    list: () => [...sizes].sort(([, one], [, other]) => other - one).map(([path, bytes]) => `\n    ${String(bytes)} ${path}`).join(''),
    forgetCache: () => session.send('Network.clearBrowserCache'),
    end: () => session.detach(),
  };
  await session.send('Network.enable');
  session.on('Network.requestWillBeSent', ({ request, requestId }) => {
    seen.requests += 1;
    paths.set(requestId, new URL(request.url).pathname);
  });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    seen.bytes += encodedDataLength;
    sizes.push([paths.get(requestId) ?? '', encodedDataLength]);
  });
  return seen;
}
