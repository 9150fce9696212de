// What a pair of eyes would check on every page: accessibility, fit, looks.
import AxeBuilder from '@axe-core/playwright';

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from './test.mjs';

const WIDTHS = [390, 820, 1440];
const SCHEMES = ['light', 'dark'];
// The browser draws no larger picture.
const PICTURE_HEIGHT_MAX = 16_000;
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

// Rules whose answer depends on colours. The others say of the dark page what
// they have said of the light one: markup and texts are the same.
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];

/**
 * The checks for one page as it stands: axe-core in light, what of it sees
 * colours in dark as well, no sideways scrolling at any width, and pictures of
 * it when SCREENSHOTS names a folder. Without script only the pictures are taken: axe-core is script. A
 * page so long that axe-core takes many seconds may ask for one scheme only.
 */
export async function look(page, name, { hasScript, schemes = SCHEMES }) {
  const size = page.viewportSize();
  // Pictures further down load when they are scrolled to, and one that is
  // missing must not stay unseen.
  await page.evaluate(() => {
    for (const image of document.images) image.loading = 'eager';
  });
  await page.waitForLoadState('load');
  const settled = () => page.evaluate(() => document.fonts.status === 'loaded' && [...document.images].every((image) => image.complete));
  await expect.poll(settled, `${page.url()} has its pictures and letters`).toBe(true);
  if (hasScript) {
    for (const [at, scheme] of schemes.entries()) {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await checkA11y(page, scheme, at === 0 ? null : COLOUR_RULES);
    }
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      await checkFit(page, width);
    }
  }
  await takeScreenshots(page, hasScript ? name : `${name}-no-script`);
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  if (size) await page.setViewportSize(size);
}

/** Fails with one line for each thing that axe-core finds; with `rules`, by these alone. */
export async function checkA11y(page, where = '', rules = null) {
  expect(await a11yFaults(page, rules), `axe-core finds nothing on ${page.url()} ${where}`).toEqual([]);
}

/** What axe-core finds on a page as it stands, one line each; with `rules`, by these alone. */
export async function a11yFaults(page, rules = null) {
  // No page has frames of others in it: without them axe-core needs no second page to join its findings.
  // What is in order is not described element by element: nobody reads it, and it takes as long as looking.
  const axe = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ['violations'] });
  const { violations } = await (rules ? axe.withRules(rules) : axe.withTags(RULES)).analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help} at ${node.target.join(' ')}: ${(node.any[0] ?? node.all[0])?.message ?? ''}`),
  );
}

/** Fails when a page is wider than the window. */
export async function checkFit(page, width) {
  // The layout follows the new size of the window a moment later.
  const wide = () => page.evaluate(() => document.documentElement.scrollWidth);
  await expect.poll(wide, `${page.url()} fits ${width} px`).toBeLessThanOrEqual(width);
}

/** Pictures at three widths, light and dark, into the folder SCREENSHOTS. */
export async function takeScreenshots(page, name) {
  const folder = process.env.SCREENSHOTS;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  for (const width of WIDTHS) {
    for (const scheme of SCHEMES) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      const height = await page.evaluate(() => document.documentElement.scrollHeight);
      const clip = { x: 0, y: 0, width, height: Math.min(height, PICTURE_HEIGHT_MAX) };
      const path = join(folder, `${name}-${width}-${scheme}.png`);
      await page.screenshot({ path, fullPage: true, clip, timeout: 20_000 });
    }
  }
}
