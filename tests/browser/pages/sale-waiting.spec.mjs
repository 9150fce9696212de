// The waiting list of a sale with one unit: two people want it, one gives it back, and the other, who waits,
// gets it, buys it and reads the report of this very sale, which is out when its one unit is paid. With script
// and without.
import { look } from '../kit/look.mjs';
import { fillCheckout, pay } from '../kit/steps.mjs';
import { startShop } from '../kit/shop.mjs';
import { expect, test as base } from '../kit/test.mjs';
import { enterRush, openSale, waitForPlace } from '../kit/sale.mjs';

/** Long enough to enter before it opens, also on a busy machine. */
const OPENS_IN = '15s';
const WHOLE_WAY_MS_MAX = 240_000;

const test = base.extend({
  // A shop of this file's own, and one for each project: its one unit is sold afterwards.
  shop: [
    async ({}, use) => {
      const shop = await startShop(['--sale-in', OPENS_IN, '--sale-units', '1', '--sale-ways', 'rush']);
      await use(shop);
      await shop.stop();
    },
    { scope: 'worker', timeout: 90_000 },
  ],
});

const BUYER = {
  email: 'wanda.waits@example.com',
  name: 'Wanda Waits',
  line1: '3 Brigade Road',
  city: 'Bengaluru',
  region: 'Karnataka',
  postcode: '560025',
};

test('somebody waits in the list, leaves it, waits again, gets what comes back, and buys it', async ({ page, browser, baseURL, hasScript }) => {
  test.setTimeout(WHOLE_WAY_MS_MAX);
  // Somebody else is there first, in a browser of their own.
  const elsewhere = await browser.newContext({ baseURL, javaScriptEnabled: hasScript, locale: 'en-US' });
  const first = await elsewhere.newPage();
  await openSale(first);
  await enterRush(first, 'first@example.com');
  await waitForPlace(first, 'turn', hasScript);
  await first.locator('#act').click();
  await expect(first.locator('#place')).toHaveAttribute('data-state', 'held');

  // Whoever comes now hears that it is gone, and how they can have what comes back.
  await openSale(page);
  const sale = page.url().split('/').pop();
  await look(page, 'sale-live', { hasScript });
  await enterRush(page, BUYER.email);
  await waitForPlace(page, 'sold-out', hasScript);
  await look(page, 'sale-place-sold-out', { hasScript });
  await page.locator('main form[action$="/wait"] button').click();
  await expect(page.locator('#place')).toHaveAttribute('data-state', 'waiting');
  await expect(page.locator('h1')).toContainText('place 1');
  await look(page, 'sale-place-waiting', { hasScript });

  // Left, the list offers nothing; joined again, the place is a new one.
  await page.locator('main form[action$="/stop-waiting"] button').click();
  await expect(page.locator('#place')).toHaveAttribute('data-state', 'sold-out');
  await page.locator('main form[action$="/wait"] button').click();
  await expect(page.locator('h1')).toContainText('place 2');

  // The first one gives it back: it is held for whoever waits, who did nothing but look on.
  await first.locator('main form[action$="/give-up"] button').click();
  await expect(first.locator('#place')).toHaveAttribute('data-state', 'ended');
  await waitForPlace(page, 'held', hasScript);
  await page.locator('#act').click();
  await expect(page).toHaveURL(/\/checkout\//);
  await fillCheckout(page, { buyer: BUYER });
  await pay(page);
  await expect(page.locator('h1')).toContainText(/thank you/i);

  // Every unit is paid: the sale is over, and what became of everybody can be read by everybody.
  // It is asked for outside the page until it is there: a page that is not there yet is a complaint of the browser's.
  await expect(async () => {
    const answer = await page.request.get(`/in/en/sale/${sale}/report`);
    expect(answer.status()).toBe(200);
  }).toPass({ timeout: 30_000 });
  await waitForPlace(first, 'over', hasScript);
  await elsewhere.close();
  await page.goto(`/in/en/sale/${sale}/report`);
  await expect(page.locator('.report-figures')).toBeVisible();
  await expect(page.locator('main')).toContainText(/everything holds/i);
  await expect(page.locator('h1')).toContainText('1 unit');
  await expect(page.locator('.report-figures')).toContainText(/waiting list/i);
  await look(page, 'sale-report-joined', { hasScript });
  const answer = await page.request.get(`/api/v1/sale/${sale}/report`);
  const report = await answer.json();
  const [channel] = report.channels;
  expect(channel.totals).toMatchObject({ entries: 2, units_claimed: 1, claimed: 1, released: 1 });
});
