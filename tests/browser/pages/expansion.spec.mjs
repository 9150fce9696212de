// Expansion: an opening as a plan, the kill switch, the next country, plans, and a reseller's pages.
import { look } from '../kit/look.mjs';
import { STAFF_PASSWORD } from '../kit/shop.mjs';
import { expect, test } from '../kit/test.mjs';

/** Signs the American manager in; the demo's people are made while its first pages are served. */
async function signIn(page, name = 'mia') {
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

test('an opening says with what, by when, and what decides', async ({ page, hasScript }) => {
  test.setTimeout(180_000);
  await signIn(page);
  await page.click('.desk-nav a[href="/admin/openings"]');
  await expect(page).toHaveURL(/\/admin\/us\/opening/);
  await expect(page.locator('.answer .lead-small')).toContainText(/Open with .*Band/);
  await look(page, 'expansion-opening', { hasScript, schemes: ['light'] });

  // A mark of the matrix leads to what is missing, who has to do it, and how long it takes.
  const missing = page.locator('.matrix a.cell-missing').first();
  const target = await missing.getAttribute('href');
  await missing.click();
  await expect(page.locator(`${target} table`).last()).toBeVisible();

  await page.goto('/admin/us/opening?on=2028-01-01&with=2026-12-31');
  await expect(page.getByRole('heading', { name: /against/ })).toBeVisible();
});

test('a product is withdrawn at once and the order for it is held', async ({ page, hasScript }) => {
  test.setTimeout(180_000);
  await signIn(page);
  await page.goto('/admin/us/withdrawals');
  await page.selectOption('#sku', 'HEADPHONES-GOLD');
  await page.fill('#reason', 'a batch hums');
  await page.click('.button-danger');
  await expect(page.getByRole('status')).toContainText(/Withdrawn/);
  await expect(page.locator('.steps')).toContainText('a batch hums');
  await look(page, 'expansion-withdrawn', { hasScript });
  await expect(async () => {
    await page.goto('/us/en/');
    await expect(page.locator('main')).not.toContainText('Headphones', { timeout: 300 });
  }).toPass({ timeout: 3_000 });

  await page.goto('/admin/us/withdrawals');
  await page.locator('.steps summary').first().click();
  await page.locator('.steps details input[name="reason"]').first().fill('the batch is gone');
  await page.locator('.steps details button').first().click();
  await expect(page.getByRole('status')).toContainText(/second person/i);
});

test('the next country is a map with sentences, and a plan shows its formula', async ({ page, hasScript }) => {
  test.setTimeout(180_000);
  // What the company plans is for people of all markets.
  await signIn(page, 'olga');
  await page.goto('/admin/next-country');
  await expect(page.locator('main')).toContainText(/tied with/);
  await expect(page.getByRole('heading', { name: 'What this shop has counted itself' })).toBeVisible();
  await look(page, 'expansion-next-country', { hasScript });
  await page.locator('.map a[href="#c-DE-band"]').first().focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('#c-DE-band')).toContainText(/would change this/i);

  await page.goto('/admin/plans/landed');
  await expect(page.locator('svg.chart:visible')).toHaveCount(1);
  await look(page, 'expansion-landed', { hasScript });
  await page.goto('/admin/plans/local');
  await expect(page.locator('.lead-small')).toContainText('because of the duty gap');
  await look(page, 'expansion-local', { hasScript, schemes: ['light'] });
  for (const plan of ['reorder', 'batch']) {
    await page.goto(`/admin/plans/${plan}`);
    await expect(page.locator('h1')).toBeVisible();
    await look(page, `expansion-${plan}`, { hasScript, schemes: ['light'] });
  }
  await page.goto('/admin/carried');
  await look(page, 'expansion-carried', { hasScript, schemes: ['light'] });
});

test('a reseller applies, and the maker sees it', async ({ page, hasScript }) => {
  test.setTimeout(180_000);
  await page.goto('/reseller');
  await look(page, 'expansion-reseller', { hasScript });
  await page.fill('#name', 'Harbour Electronics');
  await page.fill('#country', 'NL');
  await page.fill('#email', 'trade@harbour.example');
  await page.fill('#plan', 'bands in our two shops');
  await page.click('form[action="/reseller/apply"] button');
  await expect(page.getByRole('status')).toContainText('Thank you');
  // No market is there: the application is for everybody who looks after resellers.
  await signIn(page);
  await page.goto('/admin/resellers');
  await page.locator('main a', { hasText: 'Harbour Electronics' }).first().click();
  await expect(page.locator('h1')).toContainText('Harbour Electronics');
  await look(page, 'expansion-reseller-desk', { hasScript });
});
