// The purchase: shelf, product, cart, checkout, payment, thank you.
import { look } from '../kit/look.mjs';
import { buyBand, fillCheckout, pay, putBandInCart, startCheckout } from '../kit/steps.mjs';
import { expect, test } from '../kit/test.mjs';

const PHONE_SKU = 'MINOTE-16GB-WHITE';

test('a band is bought in the US shop, in English', async ({ page, hasScript }) => {
  await putBandInCart(page);
  await expect(page.locator('main')).toContainText(/band/i);
  await look(page, 'cart-us', { hasScript });

  await startCheckout(page);
  await expect(page.locator('main')).toContainText(/\$\d+\.\d\d/);
  await look(page, 'checkout-us', { hasScript });

  await fillCheckout(page);
  await pay(page);
  await expect(page).toHaveURL(/\/us\/en\/order\/[^/?]+/);
  await expect(page.locator('h1')).toContainText(/thank you/i);
  await expect(page.locator('main')).toContainText(/ada\.buyer@example\.com/);
  await look(page, 'order-us', { hasScript });

  // The page is a secret link: it is still there when it is opened again.
  const order = page.url();
  await page.goto('/us/en/');
  await page.goto(order);
  await expect(page.locator('main')).toContainText(/band/i);
});

test('a payment with a second step goes on after it', async ({ page, hasScript }) => {
  await buyBand(page, { scenario: 'second_step' });
  const approve = page.locator('main button[name="outcome"][value="approve"]');
  await expect(approve).toBeVisible();
  await look(page, 'second-step-us', { hasScript });
  await approve.click();
  await expect(page.locator('h1')).toContainText(/thank you/i);
});

test.describe('answered with an error that the page explains', () => {
  test.use({ expectedErrors: [/^\/us\/en\/checkout\//] });

  test('a declined payment keeps what was typed and can be tried again', async ({ page, hasScript }) => {
    await buyBand(page, { scenario: 'declined' });
    await expect(page).toHaveURL(/\/us\/en\/checkout\//);
    await expect(page.locator('main [role="alert"]')).toContainText(/declined/i);
    await expect(page.locator('main [name="email"]')).toHaveValue('ada.buyer@example.com');
    await look(page, 'checkout-us-declined', { hasScript });
    await fillCheckout(page);
    await pay(page);
    await expect(page.locator('h1')).toContainText(/thank you/i);
  });

  test('a form with mistakes says which, beside the fields and on top', async ({ page, hasScript }) => {
    await putBandInCart(page);
    await startCheckout(page);
    await fillCheckout(page, { buyer: { email: 'nobody', name: 'Ada Buyer', postcode: '1' } });
    await pay(page);
    await expect(page.locator('main [role="alert"] a[href="#email"]')).toBeVisible();
    const wrong = page.locator('main [name="email"]');
    await expect(wrong).toHaveAttribute('aria-invalid', 'true');
    await expect(wrong).toHaveValue('nobody');
    await expect(page.locator('main [name="name"]')).toHaveValue('Ada Buyer');
    await look(page, 'checkout-us-mistakes', { hasScript });
  });
});

test('an empty cart says so', async ({ page, hasScript }) => {
  await page.goto('/us/en/cart');
  await expect(page.locator('main form[action*="/checkout"]')).toHaveCount(0);
  await look(page, 'cart-us-empty', { hasScript });
});

test('a phone does not get into the cart by a form of one\'s own either', async ({ page }) => {
  const answer = await page.request.post('/us/en/cart', { form: { sku: PHONE_SKU, quantity: '1' } });
  expect(answer.status()).toBe(409);
  await page.goto('/us/en/cart');
  await expect(page.locator('main form[action*="/checkout"]')).toHaveCount(0);
});
