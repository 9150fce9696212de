// The published figures: the front page, a figure's own page, the definitions, the counter in a frame.
import { look } from '../kit/look.mjs';
import { expect, test } from '../kit/test.mjs';

test('prints the figures with their charts, tables and sources', async ({ page, hasScript }) => {
  await page.goto('/reach/en');
  await expect(page.locator('h1')).toBeVisible();
  await expect(page.locator('main')).toContainText('100 million wanted, more than 70 million reached');
  await expect(page.locator('main')).toContainText('was said twice');
  // Each chart is drawn for this width, and only once.
  for (const story of ['target', 'rank', 'units']) {
    const charts = page.locator(`section[aria-labelledby="${story}"] svg.chart`);
    await expect(charts).toHaveCount(2);
    await expect(charts.filter({ visible: true })).toHaveCount(1);
  }
  // Every picture has its table.
  const pictures = page.locator('main figure');
  await expect(pictures).toHaveCount(4);
  for (const picture of await pictures.all()) {
    await picture.locator('summary').first().click();
    await expect(picture.locator('table').first()).toBeVisible();
  }
  await look(page, 'reach', { hasScript });
});

test('a country on the map leads to its shop by keyboard', async ({ page }) => {
  await page.goto('/reach/en');
  const usa = page.locator('svg.map a[href="/us/en/"]').first();
  await expect(usa).toHaveAttribute('aria-label', /United States: /);
  await usa.focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/us\/en\/$/);
});

test('a figure has a page with its source and what others say', async ({ page, hasScript }) => {
  await page.goto('/reach/de');
  await page.locator('section[aria-labelledby="units"] summary').click();
  await page.locator('a[href="/reach/de/figure/units-2014"]').first().click();
  await expect(page.locator('h1')).toHaveText('Verkaufte Telefone 2014');
  await expect(page.locator('.record-value')).toContainText('61,12');
  await expect(page.locator('a[rel~="nofollow"]').first()).toHaveAttribute('href', /^https?:/);
  await expect(page.locator('section[aria-labelledby="beside"]')).toContainText('57,7');
  await look(page, 'reach-figure', { hasScript });
});

test('the definitions can be linked one by one', async ({ page, hasScript }) => {
  await page.goto('/reach/en/definitions#damped');
  await expect(page.locator('#damped')).toBeInViewport();
  await look(page, 'reach-definitions', { hasScript });
});

test('the counter stands alone', async ({ page, hasScript }) => {
  await page.goto('/reach/en/counter');
  await expect(page.locator('main')).toBeVisible();
  await expect(page.locator('form, input')).toHaveCount(0);
  await look(page, 'reach-counter', { hasScript });
});
