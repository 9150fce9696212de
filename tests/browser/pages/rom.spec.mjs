// The ROM's pages in the demo: models, a build, the rollout that is under way.
import { look } from '../kit/look.mjs';
import { expect, test } from '../kit/test.mjs';

// The demo publishes its builds beside the first requests.
async function untilPublished(page) {
  await expect(async () => {
    await page.goto('/rom');
    await expect(page.locator('.rom-model')).toHaveCount(3, { timeout: 200 });
    await expect(page.locator('.rom-model').last().locator('.rom-line').first()).toBeVisible({ timeout: 200 });
  }).toPass({ timeout: 60_000 });
}

test.beforeEach(async ({ page }) => {
  test.setTimeout(150_000);
  await untilPublished(page);
});

test('every model shows its newest builds and who gets them', async ({ page, hasScript }) => {
  await expect(page.locator('h1')).toHaveText('Software for your device');
  const note = page.locator('.rom-model', { hasText: 'Mi Note' });
  await expect(note.locator('.rom-line', { hasText: 'Beta' })).toContainText('rolling out, 10%');
  await expect(note.locator('.rom-line', { hasText: 'Stable' })).toContainText('for everybody');
  await expect(page.locator('.rom-model', { hasText: 'Redmi 2' })).toContainText('halted');
  await look(page, 'rom', { hasScript });
});

test('a model leads to its builds, and a build to its file', async ({ page, hasScript, baseURL }) => {
  await page.getByRole('link', { name: 'Mi Note', exact: true }).click();
  await expect(page.locator('h1')).toHaveText('Mi Note');
  await expect(page.locator('tbody tr')).toHaveCount(3);
  await look(page, 'rom-model', { hasScript });
  await page.locator('tbody a').nth(1).click();
  await expect(page.locator('h1')).toHaveText('6.4.24');
  await expect(page.locator('.rom-sum code').first()).toHaveText(/^[0-9a-f]{64}$/);
  await expect(page.locator('#who')).toBeVisible();
  await look(page, 'rom-build', { hasScript });
  const file = await page.locator('a.button-main').getAttribute('href');
  const part = await page.request.get(`${baseURL}${file}`, { headers: { range: 'bytes=0-3' } });
  expect(part.status()).toBe(206);
  expect((await part.body()).toString('latin1')).toBe('PK\u0003\u0004');
});

test('a rollout shows its curve with the table beneath', async ({ page, hasScript }) => {
  await page.goto('/rom/de/device/virgo');
  await page.locator('tbody a').first().click();
  await page.locator('.rom-who li', { hasText: 'Beta' }).getByRole('link').click();
  await expect(page.locator('.rollout-state')).toContainText('Läuft');
  await expect(page.locator('.curve svg path.curve-installed')).toHaveCount(1);
  await page.locator('.rom-details summary').click();
  await expect(page.locator('.rom-details tbody tr').first()).toBeVisible();
  await look(page, 'rom-rollout', { hasScript });
});
