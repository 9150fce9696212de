// Builds and rollouts for their release managers: a plan is rehearsed and proposed, a build moves up, and
// the page says what waits to be signed.
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

/** The builds of the demo, which publishes them while it serves already. */
async function builds(page) {
  const links = page.locator('section:has(#builds-title) tbody td a');
  await expect(async () => {
    await page.goto('/admin/rom');
    await expect(links.first()).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 60_000 });
  return links;
}

// Signing in is tried until the demo has made its people; a plan that cannot work is refused.
test.use({ expectedErrors: ['/admin/sign-in', '/admin/rom/plan'] });

test('a release manager rehearses a campaign and proposes a build for the next channel', async ({ page, hasScript }) => {
  test.setTimeout(120_000);
  await signIn(page, 'rea');
  await builds(page);
  await look(page, 'release-rom', { hasScript });

  await page.goto('/admin/rom/plan');
  await look(page, 'release-plan', { hasScript });
  // What cannot work is said beside its field, and nothing that was typed is lost.
  await page.fill('#plan-builds', 'nothing nowhere');
  await page.fill('#plan-devices', '1000');
  await page.locator('#plan button[value="rehearse"]').click();
  await expect(page.locator('#plan-builds-error')).toBeVisible();
  await expect(page.locator('#plan-builds')).toHaveValue('nothing nowhere');
  await look(page, 'release-plan-wrong', { hasScript });

  // A build of a channel that no rollout has is planned from its own page.
  const links = await builds(page);
  const hrefs = await links.evaluateAll((all) => [...new Set(all.map((a) => a.getAttribute('href')))]);
  let planned = false;
  let promoted = false;
  for (const href of hrefs) {
    await page.goto(href);
    if (!promoted) await look(page, 'release-build', { hasScript });
    const way = page.locator('a[href^="/admin/rom/plan?"]').first();
    if (!planned && (await way.count()) > 0) {
      await way.click();
      await page.fill('#plan-devices', '250000');
      await page.fill('#plan-hours', '24');
      await page.locator('#plan button[value="rehearse"]').click();
      if ((await page.locator('#rehearsed-title').count()) > 0) {
        await expect(page.locator('section:has(#waves-title) tbody tr')).toHaveCount(4);
        await look(page, 'release-rehearsed', { hasScript });
        planned = true;
      }
      await page.goto(href);
    }
    if (!promoted && (await page.locator('#promote button').count()) > 0) {
      await page.fill('#promote-reason', 'two weeks without a complaint');
      await page.locator('#promote button').click();
      await expect(page).toHaveURL(/\/admin\/proposals\//);
      await look(page, 'release-promotion', { hasScript });
      promoted = true;
    }
  }
  expect(promoted, 'some build of the demo can move up').toBe(true);
});

test('what devices trust is seen with its keys and what waits', async ({ page, hasScript }) => {
  await signIn(page, 'rea');
  await page.goto('/admin/rom/signing');
  await expect(page.locator('h1')).toBeVisible();
  await look(page, 'release-signing', { hasScript });
});
