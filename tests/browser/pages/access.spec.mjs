// Getting in by passkey, and the place where other programs get their keys. The browser's own virtual
// authenticator answers, as a telephone would.
import { createServer } from 'node:net';

import { look } from '../kit/look.mjs';
import { STAFF_PASSWORD, startShop } from '../kit/shop.mjs';
import { expect, test } from '../kit/test.mjs';

/** A port that was free a moment ago: the origin has to name it before the shop listens. */
async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function signIn(page, origin, name) {
  await expect(async () => {
    await page.goto(`${origin}/admin/sign-in`);
    await page.fill('#email', `${name}@demo.example`);
    await page.fill('#password', STAFF_PASSWORD);
    await page.locator('main form').first().locator('button[type="submit"]').click();
    await expect(page).toHaveURL(/\/admin$/, { timeout: 1_000 });
  }).toPass({ timeout: 20_000 });
}

// Signing in is tried until the demo has made its people; a wrong password and a removed passkey are refused.
test.use({ expectedErrors: ['/admin/sign-in', '/admin/sign-in/passkey', '/admin/account/passkeys/ask', '/admin/account/passkeys'] });

test('a passkey is added, brings one in, and is removed', async ({ browser, hasScript }) => {
  test.setTimeout(120_000);
  const port = await freePort();
  // Passkeys are bound to a name: an address in numbers has none.
  const origin = `http://localhost:${port}`;
  const shop = await startShop(['--no-sale', '--devices', '0'], {
    listen: `127.0.0.1:${port}`,
    environment: { KONTOR_SERVER__ORIGIN: origin },
  });
  try {
    const context = await browser.newContext({ baseURL: origin, javaScriptEnabled: hasScript });
    const page = await context.newPage();
    await signIn(page, origin, 'ana');
    await page.goto(`${origin}/admin/account`);
    if (!hasScript) {
      await expect(page.locator('form[data-passkey]')).toBeHidden();
      await expect(page.locator('[data-without-passkey]')).toContainText('scripts');
      await look(page, 'staff-account-passkeys', { hasScript });
      return;
    }
    const devices = await context.newCDPSession(page);
    await devices.send('WebAuthn.enable');
    await devices.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    await page.fill('#passkey-name', 'Telephone');
    await page.fill('#passkey-password', 'not the password');
    await page.click('form[data-passkey] button');
    await expect(page.getByRole('alert').first()).toBeVisible();
    await expect(page.locator('#passkeys-title ~ .scroll')).toHaveCount(0);

    await page.fill('#passkey-name', 'Telephone');
    await page.fill('#passkey-password', STAFF_PASSWORD);
    await page.click('form[data-passkey] button');
    await expect(page.locator('#passkeys-title ~ .scroll tbody th')).toContainText('Telephone');
    await look(page, 'staff-account-passkeys', { hasScript });

    await page.click('.desk-top form[action="/admin/sign-out"] button');
    await expect(page).toHaveURL(/\/admin\/sign-in/);
    await page.goto(`${origin}/admin/sign-in?next=/admin/proposals`);
    await look(page, 'staff-door-passkey', { hasScript });
    await page.click('form[data-passkey] button');
    // The path itself: the door's own address names it, too, and going on from there would break the request off.
    await expect(page).toHaveURL(`${origin}/admin/proposals`);
    await page.goto(`${origin}/admin/account`);
    await expect(page.locator('main')).toContainText('by passkey');

    await page.locator('#passkeys-title ~ .scroll tbody button').click();
    await expect(page.locator('#passkeys-title ~ .scroll')).toHaveCount(0);
    await page.click('.desk-top form[action="/admin/sign-out"] button');
    // Going on before the answer would break the request off.
    await expect(page).toHaveURL(/\/admin\/sign-in/);
    await page.goto(`${origin}/admin/sign-in`);
    await page.click('form[data-passkey] button');
    await expect(page.getByRole('alert').first()).toBeVisible();
    await expect(page).toHaveURL(/\/admin\/sign-in/);
    await context.close();
  } finally {
    await shop.stop();
  }
});

test('a key is made for another program, shown once, and ended', async ({ page, baseURL, hasScript }) => {
  test.setTimeout(120_000);
  await signIn(page, baseURL, 'mia');
  await page.goto('/admin/programs');
  await expect(page.locator('h1')).toBeVisible();
  await look(page, 'staff-programs', { hasScript });
  await page.locator('main summary').first().click();
  await page.fill('#key-name', 'Bookkeeping');
  await page.check('input[value="order.read"]');
  await page.fill('#key-markets', 'us');
  await page.locator('form[action="/admin/programs/keys"] button').click();
  const secret = (await page.locator('.codes code').innerText()).trim();
  expect(secret).toMatch(/^kontor_[0-9a-z]{52}$/);
  await look(page, 'staff-programs-made', { hasScript });

  const orders = await page.request.get('/api/v1/orders', { headers: { authorization: `Bearer ${secret}` } });
  expect(orders.status()).toBe(200);
  await page.goto('/admin/programs');
  await expect(page.locator('main')).not.toContainText(secret);
  await page.locator('form[action="/admin/programs/keys/end"] button').first().click();
  await expect(page.locator('main')).toContainText('ended');
  const over = await page.request.get('/api/v1/orders', { headers: { authorization: `Bearer ${secret}` } });
  expect(over.status()).toBe(401);

  await page.locator('main summary').nth(1).click();
  await page.fill('#hook-name', 'Store house');
  await page.fill('#hook-url', 'https://example.com/hooks');
  await page.check('form[action="/admin/programs/hooks"] input[value="order.placed"]');
  await page.fill('#hook-markets', 'us');
  await page.locator('form[action="/admin/programs/hooks"] button').click();
  await expect(page.locator('.codes code')).toContainText('whsec_');
  await page.getByRole('link', { name: 'Store house' }).click();
  await look(page, 'staff-hook', { hasScript });
});
