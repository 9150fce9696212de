// `test` and `expect` of every spec file: Playwright's, with a shop behind
// them and with an eye on what a person would not see.
import { test as base, expect } from '@playwright/test';

import { startShop } from './shop.mjs';

export { expect };

export const test = base.extend({
  // One shop for each worker: starting one takes longer than most tests, and
  // tests are to bear what others have bought before them.
  shop: [
    async ({}, use) => {
      const shop = await startShop();
      await use(shop);
      await shop.stop();
    },
    { scope: 'worker', timeout: 60_000 },
  ],

  baseURL: async ({ shop }, use) => {
    await use(shop.url);
  },

  /** Paths that a test expects to be answered with an error. */
  expectedErrors: [[], { option: true }],

  /** Fails a test whose pages complained on the console or missed a file. */
  quiet: [
    async ({ page, baseURL, expectedErrors }, use) => {
      const complaints = [];
      const isExpected = (url) => expectedErrors.some((path) => new URL(url).pathname.startsWith(path));
      page.on('pageerror', (error) => complaints.push(`script: ${error.message}`));
      page.on('console', (message) => {
        if (message.type() !== 'error') return;
        const url = message.location().url || page.url();
        if (!isExpected(url)) complaints.push(`console: ${message.text()} (${url})`);
      });
      page.on('response', (response) => {
        const url = response.url();
        if (response.status() >= 400 && !isExpected(url)) complaints.push(`${response.status()} ${url}`);
      });
      page.on('requestfailed', (request) => {
        // A navigation that another one overtakes is no failure of the shop.
        const reason = request.failure()?.errorText ?? '';
        if (reason !== 'net::ERR_ABORTED') complaints.push(`failed: ${request.url()} ${reason}`);
      });
      page.on('request', (request) => {
        const url = request.url();
        const isOwn = url.startsWith(baseURL) || url.startsWith('data:') || url.startsWith('blob:');
        if (!isOwn) complaints.push(`asked a stranger: ${url}`);
      });
      await use();
      expect(complaints, 'pages complain about nothing').toEqual([]);
    },
    { auto: true },
  ],

  /** Does the browser of this test run script? */
  hasScript: async ({ javaScriptEnabled }, use) => {
    await use(javaScriptEnabled !== false);
  },
});
