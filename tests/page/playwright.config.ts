import { defineConfig } from '@playwright/test';

// Debian's Chromium without the parts of a window (as Playwright's own would be): a page costs a third less. Each worker of
// Playwright has a stage of its own: a whole service.
export default defineConfig({
  projects: [
    { name: 'stories', testDir: 'stories' },
    { name: 'measures', testDir: 'measures' },
  ],
  outputDir: '../../build/stories',
  fullyParallel: false,
  workers: 2,
  retries: 0,
  timeout: 300_000, // a bound for what hangs: the machine may be busy
  expect: { timeout: 20_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    headless: true,
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    trace: process.env.TRACE ? 'retain-on-failure' : 'off', // costs half of the time
    screenshot: 'only-on-failure',
    actionTimeout: 20_000,
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
    },
  },
});
