// Germany is being prepared: not open here yet, in German, with news by mail.
import { look } from '../kit/look.mjs';
import { OFFERS, SHELF_DE, waitingForm } from '../kit/steps.mjs';
import { expect, test } from '../kit/test.mjs';

test('the shelf says in German that it is not open and signs up for news', async ({ page, hasScript }) => {
  await page.goto(SHELF_DE);
  await expect(page.locator('html')).toHaveAttribute('lang', /^de/);
  await expect(page.locator('main')).toContainText(/noch nicht/i);
  await look(page, 'shelf-de', { hasScript });

  const form = waitingForm(page).first();
  await form.locator('[name="email"]').fill('neugierig@example.com');
  await form.locator('button').click();
  await expect(page.locator('html')).toHaveAttribute('lang', /^de/);
  await expect(page.locator('main')).toContainText('neugierig@example.com');
  await look(page, 'waiting-de', { hasScript });
});

test('nothing can be bought there', async ({ page }) => {
  await page.goto(SHELF_DE);
  await expect(page.locator(OFFERS)).toHaveCount(0);
  await expect(page.locator('form[action$="/cart"]')).toHaveCount(0);
});
