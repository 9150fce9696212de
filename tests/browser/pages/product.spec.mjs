// Product pages: one that can be bought, one that cannot, with its reason.
import { look } from '../kit/look.mjs';
import { ANNOUNCED, BAND, OFFERS, PHONE, SHELF_US, buyForm, openProduct, waitingForm } from '../kit/steps.mjs';
import { expect, test } from '../kit/test.mjs';

test('an accessory has a price and one button', async ({ page, hasScript }) => {
  await openProduct(page, SHELF_US, OFFERS, BAND);
  await expect(page.locator('main')).toContainText(/\$\d+\.\d\d/);
  await expect(buyForm(page)).toHaveCount(1);
  await expect(page.locator('main')).toContainText(/in the box/i);
  await look(page, 'product-us-band', { hasScript });
});

test('a phone says why it is not sold here and has no button to buy it', async ({ page, hasScript }) => {
  await openProduct(page, SHELF_US, ANNOUNCED, PHONE);
  await expect(page.locator('main')).toContainText(/not sold/i);
  await expect(buyForm(page)).toHaveCount(0);
  await expect(page.locator('main [name="sku"]')).toHaveCount(0);
  await look(page, 'product-us-phone', { hasScript });
});

test('a phone takes an address for the waiting list', async ({ page, hasScript }) => {
  await openProduct(page, SHELF_US, ANNOUNCED, PHONE);
  await waitingForm(page).locator('[name="email"]').fill('patient.person@example.com');
  await waitingForm(page).locator('button').click();
  await expect(page.locator('main')).toContainText('patient.person@example.com');
  await look(page, 'waiting-us-phone', { hasScript });
});
