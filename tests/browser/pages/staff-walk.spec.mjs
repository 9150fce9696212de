// Every page of the staff area, as the program lists them: each is reached by following links, fits a desk
// and a telephone, and leads nowhere that its reader may not go. A route that nobody reaches fails by name:
// then the demo has nothing for it, and what it needs is made in `make` below.
import { crawl } from '../kit/crawl.mjs';
import { linkFor } from '../kit/letters.mjs';
import { a11yFaults, takeScreenshots } from '../kit/look.mjs';
import { staffRoutes } from '../kit/routes.mjs';
import { startShop } from '../kit/shop.mjs';
import { approve, browserOf, send } from '../kit/staff.mjs';
import { expect, test as base } from '../kit/test.mjs';

const WHOLE_WAY_MS_MAX = 400_000;
/** The demo's people who together see everything. */
const PEOPLE = ['olga', 'ana', 'ben', 'mia', 'max', 'ravi', 'eva', 'wim', 'rea'];
/** What is searched for: nothing links to an answer with something in it. */
const SEARCH = '/admin/find?q=band';
const DOOR = '/admin/sign-in';
// What axe-core may say anew of a page that is narrow and dark: by colours and places, and of what only a
// telephone shows. The other rules read markup, which is the same.
const NARROW_RULES = ['color-contrast', 'link-in-text-block', 'scrollable-region-focusable', 'target-size', 'summary-name'];
// Each width in one scheme of colours: together they have seen both.
const LOOKS = [
  { width: 1440, colorScheme: 'light', rules: null },
  { width: 390, colorScheme: 'dark', rules: NARROW_RULES },
];

const test = base.extend({
  // A shop of this file's own: what is made here is withdrawn, billed and held.
  shop: [
    async ({}, use) => {
      const shop = await startShop();
      await use(shop);
      await shop.stop();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
});

// Signing in is tried until the demo has made its people.
test.use({ expectedErrors: [DOOR] });

test('every page of the staff area is reached, fits, can be read, and leads nowhere that is closed', async ({ browser, baseURL, shop }) => {
  test.setTimeout(WHOLE_WAY_MS_MAX);
  const routes = await staffRoutes();
  const reads = routes.filter(({ method }) => method === 'GET');
  expect(reads.length, 'the program lists its routes').toBeGreaterThan(50);

  const people = Object.fromEntries(await Promise.all(PEOPLE.map(async (name) => [name, await browserOf(browser, baseURL, name)])));
  const unlinked = await test.step('make what the demo does not have', () => make(people, browser, baseURL, shop));

  const astray = new Map();
  const answers = new Map();
  await test.step('follow every link as everybody', async () => {
    const walks = PEOPLE.map(async (name) => ({ name, ...(await crawl(people[name], routes, baseURL, [SEARCH, ...(unlinked[name] ?? [])])) }));
    for (const walk of await Promise.all(walks)) {
      for (const [kind, line] of walk.complaints) if (!astray.has(kind)) astray.set(kind, line);
      for (const [path, found] of walk.found) {
        answers.set(path, [...(answers.get(path) ?? []), ...found.map((answer) => ({ ...answer, name: walk.name }))]);
      }
    }
  });
  expect.soft([...astray.values()], 'every link leads to where its reader may go').toEqual([]);
  const missing = reads.filter(({ path }) => path !== DOOR && !answers.has(path)).map(({ path }) => path);
  expect.soft(missing, 'every route is reached').toEqual([]);

  const complaints = [];
  await test.step('look at every page', async () => {
    for (const [route, found] of answers) {
      const files = found.filter(({ status, headers }) => status === 200 && !isPage(headers));
      complaints.push(...files.flatMap(fileFaults));
      // The fullest of its pages has the most to find fault with.
      const [fullest] = found.filter(({ status, headers }) => status === 200 && isPage(headers)).sort((a, b) => b.bytes - a.bytes);
      if (fullest) complaints.push(...(await visit(people[fullest.name].page, fullest.path, nameOf(route))));
    }
    const stranger = await browser.newContext({ baseURL });
    complaints.push(...(await visit(await stranger.newPage(), DOOR, nameOf(DOOR))));
  });
  expect(complaints, 'every page is fit for its readers').toEqual([]);
});

function isPage(headers) {
  return (headers['content-type'] ?? '').startsWith('text/html');
}

/** A route as the name of a picture. */
function nameOf(route) {
  return `walk${route.replaceAll(/[{}]/g, '').replaceAll('/', '-')}`;
}

/** What is wrong with how a file is handed out. */
function fileFaults({ path, headers }) {
  const kept = headers['content-disposition'] ?? '';
  const faults = [
    [/filename="[^"]+"/.test(kept), `has no name: ${kept}`],
    [headers['x-content-type-options'] === 'nosniff', 'may be taken for something else'],
    [/no-store/.test(headers['cache-control'] ?? ''), 'stays in caches'],
    [Boolean(headers['content-type']), 'does not say what it is'],
  ];
  return faults.filter(([fine]) => !fine).map(([, fault]) => `${path} ${fault}`);
}

/** What is wrong with a page at both widths, one line each. */
async function visit(page, path, name) {
  const faults = [];
  for (const [at, { width, colorScheme, rules }] of LOOKS.entries()) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    if (at === 0) {
      await page.goto(path);
      faults.push(...(await page.evaluate(headFaults)));
    }
    const wide = await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => done(document.documentElement.scrollWidth))));
    if (wide > width) faults.push(`is ${wide} px wide in ${width}`);
    faults.push(...(await a11yFaults(page, rules)).map((fault) => `${width} px: ${fault}`));
  }
  await takeScreenshots(page, name);
  return faults.map((fault) => `${path} ${fault}`);
}

/** What a page says of itself; runs in the page. */
function headFaults() {
  const title = document.title.split(' · ')[0].trim();
  const headings = document.querySelectorAll('h1');
  const faults = [
    [headings.length === 1, `has ${headings.length} h1`],
    [[...headings].every((heading) => heading.textContent.trim()), 'has an empty h1'],
    [title !== '', 'has no title'],
    [/^(en|de)$/.test(document.documentElement.lang), `is in ${document.documentElement.lang || 'no language'}`],
  ];
  return faults.filter(([fine]) => !fine).map(([, fault]) => fault);
}

/**
 * What the demo does not have of itself: papers, a webhook, somebody who waits, a reseller with a bill. Gives
 * the addresses to which nothing leads in a shop so young, by who may see them.
 */
async function make({ ana, ben, mia, max, wim, rea }, browser, baseURL, shop) {
  const [place] = await Promise.all([
    supply({ manager: mia.page, second: max.page, warehouse: wim.page }, browser, baseURL),
    giveEvidence(ana.page, ben.page),
    wait(browser, baseURL, shop),
    // The demo publishes its ROM while it serves already.
    expect.poll(async () => (await rea.request.get('/admin/rom')).text(), { timeout: 60_000 }).toMatch(/"\/admin\/rom\/roll_/),
  ]);
  await addHook(mia.page);
  // Whose devices were abroad for a month has a link to them.
  return { mia: [`${place}/outside.csv`] };
}

function dayIn(days) {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

/** A grant with its paper, laid before a second person. */
async function giveEvidence(page, second) {
  await page.goto('/admin/us/clearances');
  await page.locator('.matrix tbody tr:has(a.cell-missing) th a').first().click();
  await page.locator('.steps li:has(.cell-missing) a[href*="/grant?rule="]').first().click();
  const document = { name: 'grant.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7\n%grant') };
  const fields = { number: 'TEST-1', issuer: 'The authority', issued_on: dayIn(-30), verified_how: 'public_register', reason: 'the paper has come', document };
  await send(page, null, await page.locator('main form').getAttribute('action'), fields);
  await approve(second, new URL(page.url()).pathname);
}

async function addHook(page) {
  const fields = { name: 'Store house', url: 'https://example.com/hooks', markets: 'us', chosen: 'order.placed' };
  await send(page, '/admin/programs', '/admin/programs/hooks', fields);
}

/** Somebody on a waiting list who has said yes: then it can be written to. */
async function wait(browser, baseURL, shop) {
  const form = { email: 'waits@shop.example', model: 'band' };
  const context = await browser.newContext({ baseURL });
  await context.request.post('/us/en/waiting', { form, headers: { origin: baseURL }, maxRedirects: 0 });
  const page = await context.newPage();
  await page.goto(await linkFor(shop, form.email, 'waiting/confirm/'));
  await page.locator('main button[type="submit"]').click();
  await expect(page.locator('h1')).toBeVisible();
  await context.close();
}

/** A reseller from the application to a bill and a delivery, and a withdrawal that holds an order of theirs. */
async function supply({ manager: page, second, warehouse }, browser, baseURL) {
  const context = await browser.newContext({ baseURL });
  const own = await context.newPage();
  const profile = { name: 'Harbour Electronics', country: 'US', email: 'trade@harbour.example', plan: 'bands in our two shops' };
  await send(own, '/reseller', '/reseller/apply', profile);
  await page.goto('/admin/resellers');
  const place = await page.locator('main a', { hasText: profile.name }).first().getAttribute('href');
  const contract = {
    code: 'US-BANDS-1',
    market: 'us',
    from: dayIn(-30),
    until: dayIn(300),
    territory: 'US',
    models: 'band',
    prices: 'BAND-BLACK 9.00',
    minimum: '1',
    allotment: 'BAND-BLACK 10',
    reason: 'signed on paper',
  };
  await send(page, place, `${place}/contract`, contract);
  await approve(second, new URL(page.url()).pathname);
  await send(page, place, `${place}/allot`, { market: 'us', contract: contract.code, sku: 'BAND-BLACK', units: '10', reason: 'as agreed' });
  await send(page, place, `${place}/key`, { label: 'till' });
  const secret = (await page.locator('.notice code').innerText()).trim();
  await send(own, '/reseller', '/reseller/sign-in', { secret });
  for (let order = 0; order < 2; order += 1) {
    await send(own, '/reseller/desk', '/reseller/orders', { 'units-BAND-BLACK': '2' });
  }
  await send(page, place, `${place}/bill`, { due_on: dayIn(30), tax: '0', tax_note: 'for resale' });
  await send(warehouse, '/admin/us/dispatch', '/admin/us/dispatch', { serials: 'BAND-BLACK: S-1 S-2' });
  await send(own, '/reseller/desk', '/reseller/sell-outs', { csv: `serial,sold_on,country\nS-1,${dayIn(0)},CA` });
  await send(page, '/admin/us/withdrawals', '/admin/us/withdrawals', { sku: 'BAND-BLACK', reason: 'a batch hums' });
  await context.close();
  return place;
}
