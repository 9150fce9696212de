// A sale from the entry to the order, in a shop whose sale opens within seconds, and the report of
// one that is over. All of it with script and without.
import { look } from '../kit/look.mjs';
import { fillCheckout, pay } from '../kit/steps.mjs';
import { startShop } from '../kit/shop.mjs';
import { enterRush, openSale, waitForPlace } from '../kit/sale.mjs';
import { expect, test as base } from '../kit/test.mjs';

/** Counted from when the shop answers; long enough to enter before it, also on a busy machine. */
const OPENS_IN = '25s';
/** Entering, waiting for the opening, buying, and the pictures of every page on the way. */
const PURCHASE_MS_MAX = 180_000;

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

test('somebody enters, waits, takes a unit and buys it', async ({ page, hasScript }) => {
  test.setTimeout(PURCHASE_MS_MAX);
  await openSale(page);
  await enterRush(page, BUYER.email);
  await expect(page.locator('h1')).toContainText(/you are in/i);
  await look(page, 'sale-place-entered', { hasScript });

  await waitForPlace(page, 'turn', hasScript);
  await look(page, 'sale-place-turn', { hasScript });
  await page.locator('#act').click();
  await expect(page.locator('#place')).toHaveAttribute('data-state', 'held');
  await look(page, 'sale-place-held', { hasScript });
  // The place is kept on reload.
  await page.reload();
  await expect(page.locator('#place')).toHaveAttribute('data-state', 'held');
  const keep = await page.locator('.keep-link a').getAttribute('href');

  await page.locator('#act').click();
  await expect(page).toHaveURL(/\/checkout\//);
  // A transfer would take longer than the unit is held.
  await expect(page.locator('main [name="payment"]')).toHaveCount(1);
  await fillCheckout(page, { buyer: BUYER, scenario: 'second_step' });
  await pay(page);
  await page.locator('main button[name="outcome"][value="approve"]').click();
  await expect(page.locator('h1')).toContainText(/thank you/i);

  // The link that was kept leads back, also without the cookie.
  await page.context().clearCookies();
  await page.goto(keep);
  await waitForPlace(page, 'bought', hasScript);
  await look(page, 'sale-place-bought', { hasScript });
});

/** Asks for a place in the next batch; the page of its deposit. */
async function wantPlace(page, email) {
  await openSale(page);
  await page.locator('main [name="way"][value="batch"]').check();
  await page.locator('main [name="email"]').fill(email);
  await page.locator('main form[action$="/entry"] button').click();
  await expect(page).toHaveURL(/\/deposit\//);
}

/** Pays the deposit, by the second step at the bank. */
async function payDeposit(page) {
  await page.locator('main [name="scenario"]').selectOption('second_step');
  await page.locator('main form button[type="submit"]').click();
  await page.locator('main button[name="outcome"][value="approve"]').click();
  await expect(page.locator('h1')).toContainText(/deposit is paid/i);
}

test('a place is paid for, and the deposit is taken off the order', async ({ page, hasScript }) => {
  test.setTimeout(PURCHASE_MS_MAX);
  const buyer = { ...BUYER, email: `dora.${hasScript}@example.com`, line1: `7 Church Street ${hasScript}` };
  await wantPlace(page, buyer.email);
  await look(page, 'sale-deposit-open', { hasScript });
  await page.locator('main [name="scenario"]').selectOption('declined');
  await page.locator('main form button[type="submit"]').click();
  await expect(page.locator('h1')).toContainText(/did not work/i);
  await payDeposit(page);
  await look(page, 'sale-deposit-held', { hasScript });
  await page.locator('#act').click();
  await expect(page).toHaveURL(/\/place$/);
  await expect(page.locator('main')).toContainText(/a deposit of/i);

  await waitForPlace(page, 'turn', hasScript);
  await page.locator('#act').click();
  await page.locator('#act').click();
  await expect(page).toHaveURL(/\/checkout\//);
  await expect(page.locator('main .sum-to-pay')).toBeVisible();
  await look(page, 'sale-deposit-checkout', { hasScript });
  await fillCheckout(page, { buyer });
  await pay(page);
  await expect(page.locator('h1')).toContainText(/thank you/i);
  await expect(page.locator('.sums')).toContainText(/deposit paid on/i);
  await look(page, 'sale-deposit-order', { hasScript });
});

test('whoever leaves the line has the deposit back', async ({ page, hasScript }) => {
  await wantPlace(page, `lena.${hasScript}@example.com`);
  await payDeposit(page);
  await page.locator('main form[action$="/leave"] button').click();
  await expect(page.locator('h1')).toContainText(/goes back/i);
  await look(page, 'sale-deposit-returned', { hasScript });
});

test('a sale is explained to everybody, and where it is not held', async ({ page, hasScript }) => {
  await openSale(page);
  await look(page, 'sale', { hasScript });
  const sale = page.url().split('/').pop();
  await page.goto(`/de/de/sale/${sale}`);
  await expect(page.locator('.verdict')).toBeVisible();
  await expect(page.locator('main form')).toHaveCount(0);
  await look(page, 'sale-germany', { hasScript });
});

test('the report of a sale that is over can be read and checked', async ({ page, hasScript }) => {
  await page.goto('/in/en/sale');
  await look(page, 'sales', { hasScript });
  await page.locator('a.sale-card', { hasText: /report/i }).first().click();
  await page.locator('main a[href$="/report"]').first().click();
  await expect(page.locator('.report-curve svg')).toBeVisible();
  await expect(page.locator('main')).toContainText(/everything holds/i);
  await look(page, 'sale-report', { hasScript });
  const sale = page.url().split('/').at(-2);
  const answer = await page.request.get(`/api/v1/sale/${sale}/report`);
  expect(answer.status()).toBe(200);
  expect((await answer.json()).secret).toBe((await page.locator('.report-proof .hash').nth(1).innerText()).trim());
});

test.describe('answered with an error that the page explains', () => {
  test.use({ expectedErrors: [/^\/in\/en\/(sale|checkout)\//] });

  test('a form with mistakes keeps what was typed', async ({ page, hasScript }) => {
    await openSale(page);
    await page.locator('main [name="email"]').fill('nobody');
    await page.locator('main form[action$="/entry"] button').click();
    await expect(page.locator('main [role="alert"] a[href="#email"]')).toBeVisible();
    await expect(page.locator('main [name="email"]')).toHaveValue('nobody');
    await look(page, 'sale-mistakes', { hasScript });
  });

  test('whoever pays has to be who entered, and the page says so', async ({ page, hasScript }) => {
    test.setTimeout(PURCHASE_MS_MAX);
    await openSale(page);
    await page.locator('main [name="email"]').fill('bob.buyer@example.com');
    await page.locator('main form[action$="/entry"] button').click();
    await expect(page).toHaveURL(/\/place/);
    await waitForPlace(page, 'turn', hasScript);
    await page.locator('#act').click();
    await expect(page.locator('#place')).toHaveAttribute('data-state', 'held');
    await page.locator('#act').click();
    await expect(page).toHaveURL(/\/checkout\//);
    await fillCheckout(page, { buyer: { ...BUYER, email: 'mallory@example.com' } });
    await pay(page);
    await expect(page.locator('main [role="alert"]')).toContainText(/whoever pays/i);
    await expect(page.locator('main [name="email"]')).toHaveValue('mallory@example.com');
    await look(page, 'sale-checkout-refused', { hasScript });
    // Back at the place, the unit is given back.
    await page.locator('main [role="alert"] a').click();
    await page.locator('main form[action$="/give-up"] button').click();
    // Units are free, so that it is their turn again, for nobody but who asks.
    await expect(page.locator('#place')).toHaveAttribute('data-state', 'turn');
  });

  test('a code that is none is not given away', async ({ page, hasScript }) => {
    await openSale(page);
    await page.locator('main a[href$="/code"]').first().click();
    await look(page, 'sale-pass-on', { hasScript });
    await page.locator('main [name="code"]').fill('06DY-K2M1-V5RJ-Z0Q3');
    await page.locator('main [name="from"]').fill('ada.buyer@example.com');
    await page.locator('main [name="to"]').fill('eve@example.com');
    await page.locator('main form[action$="/code"] button').click();
    await expect(page.locator('main [role="alert"] a[href="#code"]')).toBeVisible();
    await expect(page.locator('main [name="to"]')).toHaveValue('eve@example.com');
    await look(page, 'sale-pass-on-mistakes', { hasScript });
  });
});
