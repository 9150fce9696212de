// How the browser tests run: the system's Chromium, once with script and once
// without. Nothing is downloaded: KONTOR_BIN and CHROMIUM name what is used.
import { defineConfig } from '@playwright/test';

const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium';

export default defineConfig({
  testDir: './pages',
  testMatch: '*.spec.mjs',
  outputDir: './test-results',
  // Two cores, and each worker has a shop of its own beside its browser.
  workers: 2,
  fullyParallel: false,
  forbidOnly: true,
  // A test that passes at the second try hides what failed at the first.
  retries: 0,
  // Ten times what a test takes on a quiet machine: CI may be a busy one.
  timeout: 60_000,
  expect: { timeout: 5_000 },
  reporter: [['list'], ['./kit/closing-line.mjs']],
  use: {
    browserName: 'chromium',
    headless: true,
    locale: 'en-US',
    timezoneId: 'UTC',
    screenshot: 'only-on-failure',
    trace: 'off',
    actionTimeout: 8_000,
    launchOptions: {
      executablePath: chromium,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: [
    { name: 'script', use: { javaScriptEnabled: true } },
    // The walk over all pages asks what axe-core, which is script, can say; forms without script are the others' to try.
    { name: 'no-script', use: { javaScriptEnabled: false }, testIgnore: 'staff-walk.spec.mjs' },
  ],
});
