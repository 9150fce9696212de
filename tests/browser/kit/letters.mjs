// The letters that the demo writes into a folder instead of sending them.
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from './test.mjs';

/** What a letter says: its parts, decoded. */
function words(file) {
  return file
    .split(/^--.+$/m)
    .map((part) => {
      const [head, ...rest] = part.split(/\r?\n\r?\n/);
      const body = rest.join('\n\n');
      if (/^content-transfer-encoding: base64/im.test(head)) return Buffer.from(body, 'base64').toString('utf8');
      if (/^content-transfer-encoding: quoted-printable/im.test(head)) {
        const signs = body.replaceAll(/=\r?\n/g, '').replaceAll(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
        return Buffer.from(signs, 'latin1').toString('utf8');
      }
      return body;
    })
    .join('\n');
}

/** The path of the first link with `part` in a letter to `address`; waits for the letter. */
export async function linkFor(shop, address, part) {
  let found;
  await expect
    .poll(async () => {
      const names = await readdir(shop.letters).catch(() => []);
      for (const name of names.filter((each) => each.endsWith('.eml'))) {
        const file = await readFile(join(shop.letters, name), 'utf8');
        const link = words(file).match(new RegExp(`https?://[^/\\s]+(/[\\w/-]*${part}[\\w/-]+)`));
        if (file.includes(`To: ${address}`) && link) found = link[1];
      }
      return found;
    }, `a letter to ${address}`)
    .toBeTruthy();
  return found;
}
