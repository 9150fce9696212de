// A shop of one's own: `kontor demo` on a free port with a fresh data folder,
// stopped by its handle.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const READY_WAIT_MS_MAX = 30_000;
const STOP_WAIT_MS_MAX = 10_000;
/** The password of the demo's people in these tests. */
export const STAFF_PASSWORD = 'correct horse battery';

/**
 * Starts a shop, with more words for `kontor demo`, another address to listen on and more environment if
 * need be. Returns its `url`, a function `stop`, and the folder of its `letters`.
 */
export async function startShop(more = [], { listen = '127.0.0.1:0', environment: own = {} } = {}) {
  const binary = process.env.KONTOR_BIN;
  if (!binary) {
    throw new Error('KONTOR_BIN names no binary; run the browser tests with `cargo xtask test --only browser`');
  }
  const folder = await mkdtemp(join(tmpdir(), 'kontor-browser-'));
  const readyFile = join(folder, 'ready');
  const words = ['demo', '--listen', listen, '--data', join(folder, 'data'), '--ready-file', readyFile, '--staff-password', STAFF_PASSWORD, ...more];
  // The tests of a worker all write from one address.
  const environment = {
    ...process.env,
    KONTOR_LIMITS__PUBLIC_WRITES_PER_MINUTE: '0',
    KONTOR_LIMITS__SIGN_UPS_PER_HOUR: '0',
    ...own,
  };
  // Tells these tests where the binary is; the binary itself refuses keys that it does not know.
  delete environment.KONTOR_BIN;
  const child = spawn(binary, words, { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  const keep = (chunk) => {
    log = (log + chunk).slice(-20_000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise((resolve) => {
    child.once('exit', resolve);
    child.once('error', (error) => {
      log += String(error);
      resolve(-1);
    });
  });
  let isRunning = true;
  ended.then(() => {
    isRunning = false;
  });

  const stop = async () => {
    if (isRunning) {
      child.kill('SIGTERM');
      const outcome = await Promise.race([ended, sleep(STOP_WAIT_MS_MAX, 'slow', { ref: false })]);
      if (outcome === 'slow') child.kill('SIGKILL');
    }
    await rm(folder, { recursive: true, force: true });
  };

  const deadline = Date.now() + READY_WAIT_MS_MAX;
  while (isRunning && Date.now() < deadline) {
    const url = (await readFile(readyFile, 'utf8').catch(() => '')).trim();
    if (url) return { url, stop, log: () => log, letters: join(folder, 'data', 'mail') };
    await sleep(20);
  }
  await stop();
  throw new Error(`kontor demo was not ready:\n${log}`);
}
