// The demo's people in their browsers, and the forms that they send.
import { STAFF_PASSWORD } from './shop.mjs';
import { expect } from './test.mjs';

/** The browser of one of the demo's people, signed in; the demo makes them while its first pages are served. */
export async function browserOf(browser, baseURL, name) {
  const context = await browser.newContext({ baseURL, viewport: { width: 1440, height: 900 } });
  const form = { email: `${name}@demo.example`, password: STAFF_PASSWORD, next: '/admin' };
  await expect
    .poll(async () => (await context.request.post('/admin/sign-in', { form, headers: { origin: baseURL }, maxRedirects: 0 })).status(), {
      message: `${name} comes in`,
      timeout: 20_000,
    })
    .toBe(303);
  return { name, context, request: context.request, page: await context.newPage() };
}

/**
 * Opens a page, fills in the fields of the form that is sent to `action` and sends it; a list of choices is a
 * list of values, a file is an object.
 */
export async function send(page, path, action, fields) {
  if (path) await page.goto(path);
  const form = page.locator(`main form[action="${action}"]`).first();
  // Forms that are seldom used lie folded up.
  await form.evaluate((element) => {
    for (let fold = element.closest('details'); fold; fold = fold.parentElement.closest('details')) fold.open = true;
  });
  for (const [name, value] of Object.entries(fields)) {
    const field = form.locator(`[name="${name}"]:not([type="hidden"])`);
    const kind = await field.first().evaluate((element) => (element.tagName === 'SELECT' ? 'select' : element.type));
    if (kind === 'file') await field.setInputFiles(value);
    else if (kind === 'select') await field.selectOption(value);
    else if (kind === 'checkbox' || kind === 'radio') await form.locator(`[name="${name}"][value="${value}"]`).check();
    else await field.fill(value);
  }
  await Promise.all([page.waitForEvent('load'), form.locator('button[type="submit"]').last().click()]);
  expect(await page.locator('main [role="alert"]:visible').allInnerTexts(), `${action} is taken`).toEqual([]);
}

/** Has a proposal approved by somebody who sees it at its own address. */
export async function approve(page, proposal) {
  await page.goto(proposal);
  await page.locator('button[name="decision"][value="approve"]').click();
  await expect(page.locator('button[name="decision"]')).toHaveCount(0);
}
