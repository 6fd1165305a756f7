// What must never happen in any journey: a request that leaves the workstation, an error in the
// page, a refusal of the content security policy.
import type { Page } from 'playwright-core';

/** Starts watching; `faults` lists in words what went wrong since. */
export function watchPage(page: Page): { faults(): string[] } {
  const origin = page.url().split('/').slice(0, 3).join('/');
  const own = [origin, 'evidence://case', 'https://case.evidence.invalid', origin.replace('http', 'ws')];
  const found: string[] = [];
  page.on('request', (request) => {
    const url = request.url();
    if (!own.some((one) => url.startsWith(`${one}/`)) && !/^(data|blob):/.test(url)) found.push(`asked for ${url}`);
  });
  page.on('pageerror', (error) => found.push(`error: ${error.message}`));
  page.on('console', (message) => {
    // A socket that closes because the engine was killed on purpose, and a picture that is hidden
    // on purpose, are no faults.
    const text = message.text();
    if (message.type() === 'error' && !/WebSocket|404/.test(text)) found.push(`console: ${text}`);
  });
  return { faults: () => found };
}
