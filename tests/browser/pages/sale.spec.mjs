// A sale from the entry to the order, in a shop whose sale opens within seconds, and the report of
// one that is over. All of it with script and without.
import { look } from '../kit/look.mjs';
import { fillCheckout, pay } from '../kit/steps.mjs';
import { startShop } from '../kit/shop.mjs';
import { expect, test as base } from '../kit/test.mjs';

const OPENS_IN = '12s';

const test = base.extend({
  shop: [
    async ({}, use) => {
      const shop = await startShop(['--sale-in', OPENS_IN]);
      await use(shop);
      await shop.stop();
    },
    { scope: 'worker', timeout: 90_000 },
  ],
});

const BUYER = {
  email: 'ada.buyer@example.com',
  name: 'Ada Buyer',
  line1: '12 Residency Road',
  city: 'Bengaluru',
  region: 'Karnataka',
  postcode: '560001',
};

/** The sale that comes, found on the shelf as a person would. */
async function openSale(page) {
  await page.goto('/in/en/');
  await page.locator('a.sale-card').first().click();
  await expect(page).toHaveURL(/\/in\/en\/sale\/[^/?]+$/);
}

/** Waits for a state of one's place; without script the page reloads itself or is asked again. */
async function waitForPlace(page, state, hasScript) {
  const place = page.locator(`#place[data-state="${state}"]`);
  if (hasScript) {
    await expect(place).toBeVisible({ timeout: 40_000 });
    return;
  }
  await expect(async () => {
    await page.goto(page.url());
    await expect(place).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 40_000 });
}

test('a sale is explained to everybody, and where it is not held', async ({ page, hasScript }) => {
  await openSale(page);
  await look(page, 'sale', { hasScript });
  const sale = page.url().split('/').pop();
  await page.goto(`/de/de/sale/${sale}`);
  await expect(page.locator('.verdict')).toBeVisible();
  await expect(page.locator('main form')).toHaveCount(0);
  await look(page, 'sale-germany', { hasScript });
});

test.describe('answered with an error that the page explains', () => {
  test.use({ expectedErrors: ['/in/en/sale/'] });

  test('a form with mistakes keeps what was typed', async ({ page, hasScript }) => {
    await openSale(page);
    await page.locator('main [name="email"]').fill('nobody');
    await page.locator('main form[action$="/entry"] button').click();
    await expect(page.locator('main [role="alert"] a[href="#email"]')).toBeVisible();
    await expect(page.locator('main [name="email"]')).toHaveValue('nobody');
    await look(page, 'sale-mistakes', { hasScript });
  });
});
