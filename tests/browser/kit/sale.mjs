// The steps of somebody in a sale.
import { expect } from './test.mjs';

/** The sale that comes, found on the shelf as a person would. */
export async function openSale(page) {
  await page.goto('/in/en/');
  await page.locator('a.sale-card').first().click();
  await expect(page).toHaveURL(/\/in\/en\/sale\/[^/?]+$/);
}

/** Enters by the rush, from the sale's page to one's own place. */
export async function enterRush(page, email) {
  await expect(page.locator('main form[action$="/entry"]')).toBeVisible();
  await page.locator('main [name="way"][value="rush"]').check();
  await page.locator('main [name="email"]').fill(email);
  await page.locator('main form[action$="/entry"] button').click();
  await expect(page).toHaveURL(/\/place/);
}

/** Waits for a state of one's place; without script the page reloads itself or is asked again. */
export async function waitForPlace(page, state, hasScript) {
  const place = page.locator(`#place[data-state="${state}"]`);
  if (hasScript) {
    await expect(place).toBeVisible({ timeout: 60_000 });
    return;
  }
  await expect(async () => {
    await page.goto(page.url());
    await expect(place).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 60_000 });
}
