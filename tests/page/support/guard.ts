import type { Page } from '@playwright/test';

/** Chromium writes every answer of 400 and more into the console. That nobody is signed in is no fault. */
const ALWAYS = [/status of 401 .*\/api\/v1\/(me|session)\b/];

/** Collects what no page may do: write an error into the console, throw, break the policy, or ask another server. */
export class Guard {
  private readonly faults: string[] = [];
  private readonly allowed = [...ALWAYS];

  /** For what a story means to happen: /status of 409/. */
  allow(fault: RegExp): void {
    this.allowed.push(fault);
  }

  watch(page: Page): void {
    page.on('console', (message) => {
      if (message.type() === 'error' || /content security policy/i.test(message.text())) {
        this.note(`${message.text()} (${message.location().url})`);
      }
    });
    page.on('pageerror', (error) => {
      this.note(`thrown: ${error.stack ?? error.message}`);
    });
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (url.hostname !== '127.0.0.1' && !['data:', 'blob:'].includes(url.protocol)) this.note(`asks elsewhere: ${request.url()}`);
    });
  }

  private note(fault: string): void {
    this.faults.push(fault);
  }

  check(): void {
    const left = this.faults.filter((fault) => !this.allowed.some((each) => each.test(fault)));
    if (left.length > 0) throw new Error(`the page has done what it may not:\n${left.join('\n')}`);
  }
}
