// Choose your country: every market with its stage in words.
import { look } from '../kit/look.mjs';
import { expect, test } from '../kit/test.mjs';

test('lists the countries with their stage, and leads to the shop', async ({ page, hasScript }) => {
  await page.goto('/');
  await expect(page.locator('h1')).toBeVisible();
  const markets = page.locator('main a[href="/us/en/"], main a[href="/de/de/"], main a[href="/in/en/"]');
  await expect(markets.first()).toBeVisible();
  await expect(page.locator('main')).toContainText(/accessories/i);
  await expect(page.locator('main')).toContainText(/not yet|not open/i);
  await look(page, 'countries', { hasScript });
  await page.locator('main a[href="/us/en/"]').first().click();
  await expect(page).toHaveURL(/\/us\/en\/$/);
});

test('never sends a visitor elsewhere by itself', async ({ page }) => {
  await page.goto('/');
  await expect(page).toHaveURL(/^http:\/\/[^/]+\/$/);
});
