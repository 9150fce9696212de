// The shelf of the US shop: what can be bought, and what is coming and why.
import { look } from '../kit/look.mjs';
import { ANNOUNCED, BAND, OFFERS, PHONE, SHELF_US, productLinks } from '../kit/steps.mjs';
import { expect, test } from '../kit/test.mjs';

test('shows accessories with prices and phones with their reason', async ({ page, hasScript }) => {
  await page.goto(SHELF_US);
  await expect(page.locator('html')).toHaveAttribute('lang', /^en/);
  await expect(page.locator('h1')).toBeVisible();
  await expect(productLinks(page, OFFERS, BAND).first()).toBeVisible();
  await expect(page.locator(OFFERS)).toContainText(/\$\d+\.\d\d/);
  await expect(productLinks(page, OFFERS, PHONE)).toHaveCount(0);
  await expect(productLinks(page, ANNOUNCED, PHONE).first()).toBeVisible();
  await expect(page.locator(ANNOUNCED)).toContainText(/not sold/i);
  await look(page, 'shelf-us', { hasScript });
});

test('can be used with the keyboard alone', async ({ page }) => {
  await page.goto(SHELF_US);
  await page.keyboard.press('Tab');
  // The first stop skips what every page repeats.
  const first = page.locator(':focus');
  await expect(first).toHaveAttribute('href', /^#/);
  await expect(first).toBeInViewport();
});
