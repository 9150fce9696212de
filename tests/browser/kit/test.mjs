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

  /**
   * Paths that a test expects to be answered with an error: a text is one path, a regular expression
   * those that it fits. What breaks the page's own security policy is never expected.
   */
  expectedErrors: [[], { option: true }],

  /** Fails a test whose pages complained on the console or missed a file. */
  quiet: [
    async ({ page, browser, baseURL, expectedErrors }, use) => {
      const complaints = [];
      const isExpected = (url) => {
        const { pathname } = new URL(url);
        return expectedErrors.some((path) => (path instanceof RegExp ? path.test(pathname) : path === pathname));
      };
      const watch = (page, own) => {
        page.on('pageerror', (error) => complaints.push(`script: ${error.message}`));
        page.on('console', (message) => {
          if (message.type() !== 'error') return;
          const url = message.location().url || page.url();
          const isPolicy = /content.security.policy/i.test(message.text());
          if (isPolicy || !isExpected(url)) complaints.push(`console: ${message.text()} (${url})`);
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
          const isOwn = url.startsWith(own) || url.startsWith('data:') || url.startsWith('blob:');
          if (!isOwn) complaints.push(`asked a stranger: ${url}`);
        });
      };
      watch(page, baseURL);
      // The browsers of the other people whom a test signs in.
      const open = browser.newContext;
      browser.newContext = async (options) => {
        const context = await open.call(browser, options);
        context.on('page', (other) => watch(other, options?.baseURL ?? baseURL));
        return context;
      };
      await use();
      browser.newContext = open;
      expect(complaints, 'pages complain about nothing').toEqual([]);
    },
    { auto: true },
  ],

  /** Does the browser of this test run script? */
  hasScript: async ({ javaScriptEnabled }, use) => {
    await use(javaScriptEnabled !== false);
  },
});
