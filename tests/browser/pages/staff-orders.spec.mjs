// The staff area's orders: somebody who has never seen it finds one by a piece of a phone number.
import { look } from '../kit/look.mjs';
import { STAFF_PASSWORD } from '../kit/shop.mjs';
import { BUYER, buyBand } from '../kit/steps.mjs';
import { expect, test } from '../kit/test.mjs';

const PHONE = '+1 650 555 0147';

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

// Signing in is tried until the demo has made its people; jobs are not a market manager's.
test.use({ expectedErrors: ['/admin/sign-in', '/admin/jobs'] });

test('a person who has never seen it finds an order by a fragment of a phone number', async ({ page, hasScript }) => {
  test.setTimeout(120_000);
  await buyBand(page, { buyer: { ...BUYER, phone: PHONE } });
  await expect(page).toHaveURL(/\/order\//);
  await signIn(page, 'mia');
  await look(page, 'staff-today-manager', { hasScript });

  const began = Date.now();
  const order = page.locator('a[href^="/admin/orders/US"]').first();
  await expect(async () => {
    if (hasScript) {
      await page.keyboard.press('/');
      await expect(page.locator('#find')).toBeFocused();
      await page.keyboard.type('0147');
    } else {
      await page.fill('#find', '0147');
    }
    await page.keyboard.press('Enter');
    await expect(order).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 10_000 });
  await look(page, 'staff-find', { hasScript });
  if (hasScript) {
    await page.locator('#find').focus();
    await page.keyboard.press('ArrowDown');
    await expect(order).toBeFocused();
    await page.keyboard.press('Enter');
  } else {
    await order.click();
  }
  await expect(page.locator('h1')).toContainText(/^US/);
  if (!hasScript) expect(Date.now() - began, 'in under ten seconds').toBeLessThan(10_000);
  await expect(page.locator('main')).toContainText(BUYER.name);
  await look(page, 'staff-order', { hasScript });

  await page.fill('#words', 'rang up about the strap');
  await page.click('form[action$="/note"] button');
  await expect(page.getByRole('status')).toBeVisible();
  await page.click('summary:has-text("Give money back")');
  await page.fill('#amount', '1.00');
  await page.fill('#refund-why', 'a scratch');
  await page.click('form[action$="/refund"] button');
  await expect(page).toHaveURL(/\/admin\/proposals\//);
  await look(page, 'staff-refund-proposal', { hasScript });
});

test('lists, customers and figures', async ({ page, hasScript }) => {
  test.setTimeout(120_000);
  await signIn(page, 'mia');
  await page.goto('/admin/orders?state=paid');
  await look(page, 'staff-orders', { hasScript });
  await page.goto('/admin/waiting');
  await look(page, 'staff-waiting', { hasScript });
  await page.goto('/admin/figures');
  await look(page, 'staff-figures', { hasScript });
  await page.goto('/admin/find?q=ada');
  await page.locator('a[href^="/admin/customers/"]').first().click();
  await look(page, 'staff-customer', { hasScript });
  const answer = await page.goto('/admin/jobs');
  expect(answer.status()).toBe(403);
  await signIn(page, 'olga');
  await page.goto('/admin/jobs');
  await look(page, 'staff-jobs', { hasScript });
});
