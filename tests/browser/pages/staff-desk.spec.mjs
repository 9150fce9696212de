// The staff area's navigation by areas of work, letters of an order, and writing to a waiting list.
import { linkFor } from '../kit/letters.mjs';
import { look } from '../kit/look.mjs';
import { STAFF_PASSWORD } from '../kit/shop.mjs';
import { buyBand } from '../kit/steps.mjs';
import { expect, test } from '../kit/test.mjs';

async function signIn(page, name) {
  await page.context().clearCookies();
  await expect(async () => {
    await page.goto('/admin/sign-in');
    await page.fill('#email', `${name}@demo.example`);
    await page.fill('#password', STAFF_PASSWORD);
    await page.click('main button[type="submit"]');
    await expect(page).toHaveURL(/\/admin$/, { timeout: 1_000 });
  }).toPass({ timeout: 20_000 });
}

// Signing in is tried until the demo has made its people.
test.use({ expectedErrors: ['/admin/sign-in'] });

test('the navigation is open beside the page and a disclosure on a phone', async ({ page, hasScript }) => {
  await signIn(page, 'mia');
  await page.setViewportSize({ width: 1440, height: 900 });
  const orders = page.locator('.desk-nav a[href="/admin/orders"]');
  await expect(orders).toBeVisible();
  await expect(page.locator('.desk-nav summary')).toBeHidden();
  await orders.click();
  await expect(page.locator('.desk-nav a[aria-current="page"]')).toHaveText('Orders');
  await expect(page.locator('.desk-nav p[aria-current="true"]')).toHaveText('Orders and customers');
  // A manager of a market has no accounts to look after: neither the entry nor an empty group.
  await expect(page.locator('.desk-nav a[href="/admin/people"]')).toHaveCount(0);

  await page.setViewportSize({ width: 390, height: 844 });
  const menu = page.locator('.desk-nav summary');
  await expect(menu).toBeVisible();
  await expect(menu).toContainText('Orders');
  await expect(orders).toBeHidden();
  await menu.focus();
  await page.keyboard.press('Enter');
  await expect(orders).toBeVisible();
  await look(page, 'staff-menu-open', { hasScript });
  await page.setViewportSize({ width: 390, height: 844 });
  if (hasScript) {
    await page.keyboard.press('Escape');
    await expect(orders).toBeHidden();
    await expect(menu).toBeFocused();
    await page.keyboard.press('Enter');
  }
  await page.locator('.desk-nav a[href="/admin/prices"]').click();
  await expect(page).toHaveURL(/prices/);
  await expect(orders).toBeHidden();
});

test('a letter is sent again from the order', async ({ page, hasScript }) => {
  test.setTimeout(120_000);
  await buyBand(page);
  await expect(page).toHaveURL(/\/order\//);
  await signIn(page, 'mia');
  await page.goto('/admin/orders');
  await page.locator('a[href^="/admin/orders/US"]').first().click();
  const again = page.locator('form[action$="/letter"] button');
  await expect(async () => {
    await page.reload();
    await expect(page.locator('main')).toContainText('sent', { timeout: 500 });
    await expect(again.first()).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 15_000 });
  await again.first().click();
  await expect(page.getByRole('status')).toBeVisible();
  await expect(page.locator('main')).toContainText('(Mia');
  await look(page, 'staff-order-letters', { hasScript });
});

test('whoever waits confirms it, and a list is written to by two people who have seen the letter', async ({ page, shop, baseURL, hasScript }) => {
  const form = { email: 'waits@shop.example', model: 'band' };
  const signedUp = await page.request.post('/us/en/waiting', { form, headers: { origin: baseURL }, maxRedirects: 0 });
  expect(signedUp.status()).toBeLessThan(400);
  await page.goto(await linkFor(shop, form.email, 'waiting/confirm/'));
  await look(page, 'waiting-confirm', { hasScript });
  await page.locator('main button[type="submit"]').click();
  await expect(page.locator('h1')).toHaveText('You are on the list.');
  await look(page, 'waiting-confirmed', { hasScript });
  await signIn(page, 'mia');
  await page.goto('/admin/waiting?market=us');
  await look(page, 'staff-waiting-lists', { hasScript });
  await page.locator('a[href*="/waiting/tell?market=us&model=band"]').click();
  await expect(page.locator('h1')).toHaveText('Write to a waiting list');
  await expect(page.locator('main pre')).toContainText('can be bought now');
  await look(page, 'staff-tell', { hasScript });
  await page.fill('#reason', 'the band is here');
  await page.locator('main button[type="submit"]').click();
  await expect(page).toHaveURL(/\/admin\/proposals\//);
  await expect(page.locator('main')).toContainText('customer.tell');
  await look(page, 'staff-tell-proposal', { hasScript });
});
