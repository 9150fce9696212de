// Pages that say what went wrong and what to do next.
import { look } from '../kit/look.mjs';
import { expect, test } from '../kit/test.mjs';

test.use({ expectedErrors: ['/us/en/product/no-such-thing', '/atlantis/en/', /^\/us\/en\/order\//] });

for (const [name, path] of [
  ['product', '/us/en/product/no-such-thing'],
  ['country', '/atlantis/en/'],
  ['order', '/us/en/order/AAAAAAAAAAAAAAAAAAAAAAAAAA'],
]) {
  test(`an unknown ${name} is not found, and the page leads on`, async ({ page, hasScript }) => {
    const answer = await page.goto(path);
    expect(answer.status()).toBe(404);
    await expect(page.locator('h1')).toBeVisible();
    await expect(page.locator('main a').first()).toBeVisible();
    await look(page, `not-found-${name}`, { hasScript });
  });
}
