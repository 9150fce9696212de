// Markets and goods: every work place is looked at, and the ways that people go most.
import { look } from '../kit/look.mjs';
import { STAFF_PASSWORD } from '../kit/shop.mjs';
import { expect, test } from '../kit/test.mjs';

/** Signs somebody in; the demo's people are made while its first pages are served. */
async function signIn(page, name) {
  await expect(async () => {
    await page.goto('/admin/sign-in');
    await page.fill('#email', `${name}@demo.example`);
    await page.fill('#password', STAFF_PASSWORD);
    await page.click('main button[type="submit"]');
    await expect(page).toHaveURL(/\/admin$/, { timeout: 1_000 });
  }).toPass({ timeout: 20_000 });
}

/** Opens a folded form by its summary. */
async function open(page, words) {
  await page.locator('summary', { hasText: words }).first().click();
}

// Signing in is tried until the demo has made its people; a weight that is no number and a file with a bad row
// are refused.
test.use({ expectedErrors: ['/admin/sign-in', '/admin/exchange', /^\/admin\/catalogue\/[a-z0-9-]+\/[A-Z0-9-]+$/] });

test('an editor writes a text, plays a file through and sees the shelves', async ({ page, hasScript }) => {
  test.setTimeout(120_000);
  await signIn(page, 'eva');
  await page.click('.desk-nav a[href="/admin/catalogue"]');
  await look(page, 'goods-catalogue', { hasScript });
  await page.locator('tbody th a').first().click();
  await look(page, 'goods-product', { hasScript });
  const product = new URL(page.url()).pathname;
  await open(page, /^English/);
  const line = `Made ${hasScript ? 'with' : 'without'} script.`;
  await page.fill('#text-en-line', line);
  await page.locator('#text-en button').click();
  await expect(page.getByRole('status')).toContainText('Done');
  await page.goto(`${product}/preview`);
  await expect(page.locator('main')).toContainText(line);
  await look(page, 'goods-preview', { hasScript });
  await page.goto(product);
  await page.locator('section:has(#variants-title) tbody th a').first().click();
  await look(page, 'goods-variant', { hasScript });
  await page.fill('#variant-weight_g', 'heavy');
  await page.locator('#variant button').click();
  await expect(page.locator('#variant-weight_g-error')).toBeVisible();
  await expect(page.locator('#variant-weight_g')).toHaveValue('heavy');
  await look(page, 'goods-variant-wrong', { hasScript });

  await page.goto('/admin/exchange');
  await look(page, 'goods-exchange', { hasScript });
  const csv = await (await page.request.get('/admin/exchange/texts.csv')).text();
  const changed = csv.replace(line, `${line} From a file.`);
  await page.selectOption('#upload-table', 'texts');
  await page.setInputFiles('#upload-file', { name: 'texts.csv', mimeType: 'text/csv', buffer: Buffer.from(changed) });
  await page.locator('#upload button').click();
  await expect(page.locator('ins, td').filter({ hasText: 'From a file.' }).first()).toBeVisible();
  await look(page, 'goods-dry-run', { hasScript });
  await page.locator('#apply button').click();
  await expect(page.getByRole('status')).toContainText('Done');
  await page.selectOption('#upload-table', 'texts');
  await page.setInputFiles('#upload-file', { name: 'bad.csv', mimeType: 'text/csv', buffer: Buffer.from('model,language,name\nnothing,en,x\n') });
  await page.locator('#upload button').click();
  await expect(page.locator('main')).toContainText('Line 2');
  await look(page, 'goods-bad-rows', { hasScript });
});

test('a manager sees what a price would look like, and a large cut waits for a second person', async ({ page, hasScript }) => {
  await signIn(page, 'mia');
  await page.click('.desk-nav a[href="/admin/prices"]');
  await expect(page).toHaveURL(/\/admin\/us\/prices/);
  await look(page, 'goods-prices', { hasScript });
  await page.locator('tbody th a').first().click();
  await page.fill('#set-price', '1.00');
  await page.locator('#set button').click();
  await expect(page.locator('main')).toContainText('second person');
  await look(page, 'goods-price-preview', { hasScript });
  await page.fill('#save-reason', 'a try');
  await page.locator('#save button').click();
  await expect(page).toHaveURL(/\/admin\/proposals\//);
  await page.goto('/admin/markets');
  await look(page, 'goods-markets', { hasScript });
  await page.locator('tbody th a').first().click();
  await look(page, 'goods-market', { hasScript });
  await page.goto('/admin/proposals');
  await expect(page.locator('main')).toContainText('price.set');
  await look(page, 'goods-proposals', { hasScript });
  await page.goto('/admin/sales');
  await look(page, 'goods-sales-none', { hasScript });
  await page.goto('/admin/sales/new');
  await look(page, 'goods-sale-new', { hasScript });
});

test('a manager looks at the sale of the market with its curve', async ({ page, hasScript }) => {
  test.setTimeout(120_000);
  await signIn(page, 'ravi');
  await page.goto('/admin/sales');
  await look(page, 'goods-sales', { hasScript });
  await page.locator('tbody th a').first().click();
  await expect(page).toHaveURL(/\/admin\/sales\/sale_/);
  await look(page, 'goods-sale', { hasScript });
});

test('a sale is rehearsed before anybody stands in the queue', async ({ page, hasScript }) => {
  test.setTimeout(120_000);
  await signIn(page, 'mia');
  await page.goto('/admin/sales/new');
  const moment = (hours) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(0, 16);
  await page.fill('#sale-title', 'A rehearsal');
  await page.fill('#sale-sku', 'BAND-BLACK');
  await page.fill('#sale-channels', 'us rush 5');
  for (const [field, hours] of Object.entries({
    announce_at: 24,
    registration_at: 25,
    doors_at: 47,
    live_at: 48,
    ends_at: 50,
    report_at: 74,
  })) {
    await page.fill(`#sale-${field}`, moment(hours));
  }
  await page.locator('button[value="rehearse"]').click();
  await expect(page.locator('.desk-curve svg')).toBeVisible();
  await look(page, 'goods-sale-rehearsed', { hasScript });
});

test('a warehouse books a receipt and reads it in the ledger', async ({ page, hasScript }) => {
  await signIn(page, 'wim');
  await page.click('.desk-nav a[href="/admin/stock"]');
  await look(page, 'goods-stock', { hasScript });
  const row = page.locator('tbody tr', { hasText: 'Available' }).first();
  const sku = await row.locator('th a').textContent();
  const site = await row.locator('td code').first().textContent();
  await open(page, 'Receipt');
  await page.fill('#receive-site', site);
  await page.fill('#receive-sku', sku);
  await page.fill('#receive-units', '7');
  await page.fill('#receive-reference', `note ${hasScript ? 'a' : 'b'}`);
  await page.locator('#receive button').click();
  await expect(page.getByRole('status')).toContainText('Done');
  await page.locator('tbody tr', { hasText: 'Available' }).filter({ hasText: sku }).first().locator('th a').click();
  await expect(page.locator('tbody')).toContainText(`note ${hasScript ? 'a' : 'b'}`);
  await look(page, 'goods-ledger', { hasScript });
  await page.goto('/admin/us/dispatch');
  await expect(page.locator('h1')).toBeVisible();
  await look(page, 'goods-dispatch', { hasScript });
});

test('what ends is seen month by month', async ({ page, hasScript }) => {
  await signIn(page, 'ana');
  await page.goto('/admin/clearances/calendar');
  await look(page, 'goods-calendar', { hasScript });
});

test('a release manager looks at a rollout with its curve', async ({ page, hasScript }) => {
  await signIn(page, 'rea');
  await page.click('.desk-nav a[href="/admin/rom"]');
  await look(page, 'goods-rom', { hasScript });
  // The demo publishes its ROM while it serves already.
  const rollout = page.locator('section:has(#rollouts-title) tbody th a').first();
  await expect(async () => {
    await page.goto('/admin/rom');
    await expect(rollout).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 40_000 });
  await rollout.click();
  await look(page, 'goods-rollout', { hasScript });
});
