// The steps that a person takes, found by what forms send rather than by the
// words on them: words are the translators' to change.
import { expect } from './test.mjs';

export const SHELF_US = '/us/en/';
export const SHELF_DE = '/de/de/';

/** Somebody in California. */
export const BUYER = {
  email: 'ada.buyer@example.com',
  name: 'Ada Buyer',
  line1: '500 Castro Street',
  city: 'Mountain View',
  region: 'CA',
  postcode: '94041',
};

/** What can be bought, and what is shown with its reason: the parts of a shelf. */
export const OFFERS = 'section[aria-labelledby="offers"]';
export const ANNOUNCED = 'section[aria-labelledby="announced"]';

export const BAND = /band/i;
export const PHONE = /mi note/i;

/** The links to product pages in a part of the shelf whose text fits. */
export function productLinks(page, part, text) {
  return page.locator(`${part} a[href*="/product/"]`).filter({ hasText: text });
}

/** From a shelf to the page of the first product whose name fits. */
export async function openProduct(page, shelf, part, text) {
  await page.goto(shelf);
  await productLinks(page, part, text).first().click();
  await expect(page).toHaveURL(/\/product\/[a-z0-9-]+$/);
  await expect(page.locator('h1')).toHaveText(text);
}

/** The form that puts a product into the cart. */
export function buyForm(page) {
  return page.locator('form[action$="/cart"]:has([name="sku"])');
}

/** The form that leaves an address on a waiting list. */
export function waitingForm(page) {
  return page.locator('main form[action$="/waiting"]');
}

/** The band, into the cart. */
export async function putBandInCart(page) {
  await openProduct(page, SHELF_US, OFFERS, BAND);
  await buyForm(page).locator('button').first().click();
  await expect(page).toHaveURL(/\/us\/en\/cart/);
}

/** From the cart to the checkout's page. */
export async function startCheckout(page) {
  await page.locator('main form[action*="/checkout"] button').first().click();
  await expect(page).toHaveURL(/\/us\/en\/checkout\/[^/?]+/);
}

/** Fills in the fields of the checkout that are there. */
export async function fillCheckout(page, { buyer = BUYER, payment = 'test', scenario = 'succeeds' } = {}) {
  for (const [name, value] of Object.entries(buyer)) {
    const field = page.locator(`main [name="${name}"]`);
    const isList = (await field.first().evaluate((element) => element.tagName)) === 'SELECT';
    await (isList ? field.selectOption(value) : field.fill(value));
  }
  await choose(page, 'delivery');
  await choose(page, 'payment', payment);
  await choose(page, 'scenario', scenario);
  const terms = page.locator('main [name="terms"][type="checkbox"]');
  if ((await terms.count()) > 0) await terms.check();
  // Without script the tax of another state is worked out by a button; what was typed stays.
  const quote = page.locator('main button[name="action"][value="quote"]');
  if ((await quote.count()) > 0 && (await quote.isVisible())) await quote.click();
}

/** One of a group of radio buttons or of a list; the first when none is named. */
async function choose(page, name, value) {
  const fields = page.locator(`main [name="${name}"]:not([type="hidden"])`);
  if ((await fields.count()) === 0) return;
  const kind = await fields.first().evaluate((element) => element.type);
  if (kind === 'radio') {
    await (value ? page.locator(`main [name="${name}"][value="${value}"]`) : fields.first()).check();
  } else if (value) {
    await fields.selectOption(value);
  }
}

/** Sends the checkout's form. */
export async function pay(page) {
  await page.locator('main button[name="action"][value="pay"]').first().click();
}

/** All the way from the shelf to the answer of the payment. */
export async function buyBand(page, options) {
  await putBandInCart(page);
  await startCheckout(page);
  await fillCheckout(page, options);
  await pay(page);
}
