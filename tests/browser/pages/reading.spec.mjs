// Pages that are only read: the legal ones and the reference of the API.
import { look } from '../kit/look.mjs';
import { expect, test } from '../kit/test.mjs';

for (const [name, path] of [
  ['imprint-us', '/us/en/legal/imprint'],
  ['terms-us', '/us/en/legal/terms'],
  ['privacy-us', '/us/en/legal/privacy'],
  ['imprint-de', '/de/de/legal/imprint'],
]) {
  test(`${path} can be read by everybody`, async ({ page, hasScript }) => {
    // The reference is long: axe-core looks at several thousand elements, in light and dark.
    test.setTimeout(180_000);
    const answer = await page.goto(path);
    expect(answer.status()).toBe(200);
    await expect(page.locator('h1')).toHaveCount(1);
    await look(page, name, { hasScript });
  });
}

test('/api/v1/reference can be read by everybody', async ({ page, hasScript }) => {
  // Five thousand elements: one scheme is enough, the colours are the shop's.
  test.setTimeout(120_000);
  const answer = await page.goto('/api/v1/reference');
  expect(answer.status()).toBe(200);
  await expect(page.locator('h1')).toHaveCount(1);
  await look(page, 'reference', { hasScript, schemes: ['light'] });
});
