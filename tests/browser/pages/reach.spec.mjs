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
  const pictures = await page.locator('main figure').all();
  // The demonstration may still be counting its devices: then there is no picture of the count yet.
  expect([4, 5]).toContain(pictures.length);
  for (const picture of pictures) {
    await picture.locator('summary').first().click();
    await expect(picture.locator('table').first()).toBeVisible();
  }
  await look(page, 'reach', { hasScript });
});

test('takes our own count apart: by day, by credential, beside the ceiling', async ({ page, hasScript }) => {
  const front = async () => (await page.request.get('/reach/en')).text();
  await expect.poll(front, { timeout: 30_000 }).toContain('id="count"');
  await page.goto('/reach/en');
  const story = page.locator('section[aria-labelledby="count"]');
  const charts = story.locator('svg.chart').filter({ visible: true });
  await expect(charts).toHaveCount(2);
  await story.locator('summary').click();
  await expect(story.locator('table')).toHaveCount(2);
  await expect(story.locator('table').last()).toContainText('cancro');
  // No label lies on another, at the width of a desktop and of a phone.
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 900 });
    for (const chart of await page.locator('main svg.chart:not(.map)').filter({ visible: true }).all()) {
      expect(await chart.evaluate(overlaps), `at ${width} px`).toEqual([]);
    }
  }
  await look(page, 'reach-count', { hasScript });
});

/** The texts of a drawing that lie on each other, in pairs. */
function overlaps(svg) {
  const boxes = [...svg.querySelectorAll('text')].map((text) => ({ words: text.textContent, box: text.getBoundingClientRect() }));
  const found = [];
  for (const [at, one] of boxes.entries()) {
    for (const other of boxes.slice(at + 1)) {
      const wide = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
      const high = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
      // Boxes of letters have room above and below that letters do not fill.
      if (wide > 1 && high > 4) found.push(`${one.words} / ${other.words}`);
    }
  }
  return found;
}

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
