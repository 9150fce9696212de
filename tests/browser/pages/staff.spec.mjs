// The staff area: two officers put a product on the shelf, and nobody sees what is not theirs.
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

async function someone(browser, baseURL, hasScript, name) {
  const context = await browser.newContext({ baseURL, javaScriptEnabled: hasScript });
  const page = await context.newPage();
  await signIn(page, name);
  return page;
}

// Signing in is tried until the demo has made its people; India's clearances and the log are not the American's.
test.use({ expectedErrors: ['/admin/sign-in', '/admin/in/clearances', '/admin/log'] });

test('the door refuses in plain words', async ({ page, hasScript }) => {
  await page.goto('/admin/us/clearances?on=2026-12-01');
  await expect(page).toHaveURL(/\/admin\/sign-in\?next=/);
  await look(page, 'staff-door', { hasScript });
  await page.fill('#email', 'ana@demo.example');
  await page.fill('#password', 'not the password');
  await page.click('main button[type="submit"]');
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.locator('#email')).toHaveValue('ana@demo.example');
  await look(page, 'staff-door-refused', { hasScript });
});

test('two officers put a product on the shelf within a second', async ({ browser, page, baseURL, hasScript }) => {
  test.setTimeout(180_000);
  await signIn(page, 'ana');
  await look(page, 'staff-today', { hasScript });
  await page.click('.desk-nav a[href="/admin/clearances"]');
  await expect(page).toHaveURL(/\/admin\/us\/clearances/);
  await look(page, 'staff-matrix', { hasScript });

  // The first product that lacks nothing but evidence: nobody forbids it, nothing is unknown of it.
  const missing = page
    .locator('.matrix tbody tr', { has: page.locator('a.cell-missing') })
    .filter({ hasNot: page.locator('.cell-blocked') })
    .filter({ hasNot: page.locator('.cell-unknown') })
    .first();
  await missing.locator('th a').click();
  await expect(page.locator('.steps li').first()).toBeVisible();
  await look(page, 'staff-clearance', { hasScript });
  const product = new URL(page.url()).pathname;
  const mia = await someone(browser, baseURL, hasScript, 'mia');
  await mia.goto(`/admin/us/prices/${product.split('/').pop()}`);
  await mia.fill('#set-price', hasScript ? '199.37' : '199.73');
  await mia.locator('#set button').click();
  await mia.fill('#save-reason', 'it is to be sold');
  await mia.locator('#save button').click();
  // A first price takes two people as well.
  await expect(mia).toHaveURL(/\/admin\/proposals\//);
  const max = await someone(browser, baseURL, hasScript, 'max');
  await max.goto(new URL(mia.url()).pathname);
  await max.click('button[value="approve"]');
  await expect(max.locator('.lead-small')).toContainText(/approved/i);
  await mia.context().close();
  await max.context().close();
  const isOnShelf = async () => {
    const shelf = await (await page.request.get('/us/en/')).text();
    return shelf.includes(hasScript ? '$199.37' : '$199.73');
  };
  expect(await isOnShelf(), 'a price alone sells nothing').toBe(false);
  const open = await page.locator('.steps li:has(.cell-missing) a[href*="/grant?rule="]').count();
  expect(open, 'something is missing').toBeGreaterThan(0);

  const ben = await someone(browser, baseURL, hasScript, 'ben');
  let left = open;
  while (left > 0) {
    await page.goto(product);
    await page.locator('.steps li:has(.cell-missing) a[href*="/grant?rule="]').first().click();
    if (left === open) {
      await look(page, 'staff-grant', { hasScript });
    }
    await page.fill('#number', 'TEST-1');
    await page.fill('#issuer', 'The authority');
    await page.fill('#issued_on', '2026-01-02');
    await page.selectOption('#verified_how', 'public_register');
    await page.fill('#reason', 'the paper has come');
    await page.setInputFiles('#document', { name: 'grant.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7\n%grant') });
    await page.click('main button[type="submit"]');
    await expect(page.getByRole('status')).toContainText(/second person/i);
    const proposal = new URL(page.url()).pathname;
    if (left === open) await look(page, 'staff-proposal-own', { hasScript });
    await expect(page.locator('button[value="approve"]')).toHaveCount(0);

    await ben.goto('/admin');
    await ben.click(`a[href="${proposal}"]`);
    expect(await isOnShelf(), 'one person alone puts nothing on the shelf').toBe(false);
    await ben.click('button[value="approve"]');
    if (left === 1) {
      await expect.poll(isOnShelf, { message: 'on the shelf', timeout: 1_000, intervals: [50] }).toBe(true);
    }
    await expect(ben.locator('.lead-small')).toContainText(/approved/i);
    await expect(async () => {
      await page.goto(product);
      const now = await page.locator('.steps li:has(.cell-missing) a[href*="/grant?rule="]').count();
      expect(now).toBeLessThan(left);
    }).toPass({ timeout: 3_000 });
    left = await page.locator('.steps li:has(.cell-missing) a[href*="/grant?rule="]').count();
  }
  await look(page, 'staff-clearance-granted', { hasScript });
  await expect(page.locator('.steps .cell-missing')).toHaveCount(0);
  await ben.context().close();
});

test('a manager of the USA neither sees nor touches what is India\'s', async ({ browser, page, baseURL, hasScript }) => {
  test.setTimeout(120_000);
  const ravi = await someone(browser, baseURL, hasScript, 'ravi');
  // India's sale of yesterday is played while the demo serves its first pages already.
  const indian = ravi.locator('a[href^="/admin/orders/IN"]').first();
  await expect(async () => {
    await ravi.goto('/admin/orders');
    await expect(indian).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 20_000 });
  const order = await indian.getAttribute('href');
  await signIn(page, 'mia');
  const places = ['market', 'clearances', 'prices', 'opening', 'withdrawals'].map((place) => `/admin/in/${place}`);
  const lists = ['orders', 'stock', 'waiting'].map((list) => `/admin/${list}?market=in`);
  for (const path of [...places, ...lists, order]) {
    expect((await ravi.request.get(path)).status(), `${path} is there`).toBe(200);
    expect((await page.request.get(path)).status(), `${path} is not hers`).toBe(404);
  }
  const before = await (await ravi.request.get('/admin/in/market')).text();
  const key = 'a-key-of-hers';
  for (const [path, form] of [
    ['/admin/in/market', { key, what: 'step', from: 'open', to: 'paused', reason: 'mine' }],
    ['/admin/in/withdrawals', { key, sku: 'REDMI2-8GB-GREY', reason: 'mine' }],
    [`${order}/note`, { key, words: 'mine' }],
    [`${order}/cancel`, { key, reason: 'mine' }],
    ['/admin/stock', { key, what: 'receive', market: 'in', site: 'x', sku: 'x', units: '1', reference: 'x' }],
  ]) {
    expect([403, 404], `${path} is not hers to touch`).toContain((await page.request.post(path, { form })).status());
  }
  const market = (html) => html.match(/<h1[^]*/)[0].replace(/name="key" value="[^"]*"/g, '');
  expect(market(await (await ravi.request.get('/admin/in/market')).text()), 'India is as it was').toBe(market(before));
  await page.goto(`/admin/find?q=${order.split('/').pop()}`);
  await expect(page.locator('main')).not.toContainText('Visitor');
  await ravi.context().close();
  await page.goto('/admin/clearances');
  await expect(page).toHaveURL(/\/admin\/us\/clearances/);
  await expect(page.locator('a[href="/admin/in/clearances"]')).toHaveCount(0);
  const answer = await page.goto('/admin/in/clearances');
  expect(answer.status()).toBe(404);
  const log = await page.goto('/admin/log');
  expect(log.status()).toBe(403);
  await look(page, 'staff-not-yours', { hasScript });
});

test('an owner proposes an account and reads the log', async ({ page, hasScript }) => {
  await signIn(page, 'olga');
  await page.goto('/admin/people');
  await look(page, 'staff-people', { hasScript });
  await page.fill('#name', 'Eve');
  await page.fill('#email', `eve-${hasScript ? 'a' : 'b'}@demo.example`);
  await page.fill('#held', 'reader@us');
  await page.fill('#reason', 'begins on Monday');
  await page.locator('section form button[type="submit"]').click();
  await expect(page.getByRole('status')).toContainText(/second person/i);
  await page.goto('/admin/log?act=staff.');
  await expect(page.locator('tbody tr').first()).toContainText('staff.manage.proposed');
  await look(page, 'staff-log', { hasScript });
  await page.goto('/admin/account');
  await page.click('form[action="/admin/account/codes"] button');
  await expect(page.locator('.codes li')).toHaveCount(8);
  await look(page, 'staff-account', { hasScript });
});
