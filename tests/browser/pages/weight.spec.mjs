// A first visit is light: what a product page costs over the wire.
import { BAND, OFFERS, SHELF_US, openProduct } from '../kit/steps.mjs';
import { expect, test } from '../kit/test.mjs';

const PAGE_BYTES_MAX = 100 * 1024;
const SCRIPT_BYTES_MAX = 15 * 1024;

test('a product page weighs less than 100 KB on the first visit', async ({ page, browser, baseURL, javaScriptEnabled }) => {
  await openProduct(page, SHELF_US, OFFERS, BAND);
  const url = page.url();
  // A new context has an empty cache.
  const context = await browser.newContext({ baseURL, javaScriptEnabled });
  const fresh = await context.newPage();
  const sizes = [];
  fresh.on('requestfinished', async (request) => {
    sizes.push(request.sizes().then((size) => ({ kind: request.resourceType(), bytes: size.responseBodySize })));
  });
  await fresh.goto(url, { waitUntil: 'networkidle' });
  const all = await Promise.all(sizes);
  await context.close();
  const sum = (list) => list.reduce((total, { bytes }) => total + bytes, 0);
  expect(sum(all)).toBeLessThan(PAGE_BYTES_MAX);
  expect(sum(all.filter(({ kind }) => kind === 'script'))).toBeLessThan(SCRIPT_BYTES_MAX);
});
