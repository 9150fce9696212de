// The routes of the staff area as the program itself lists them: a page that is new is walked without a
// line here.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export const AREA = '/admin';

/** Every route of the staff area: its `method`, `path` with parameters in braces, `access`, `needs`. */
export async function staffRoutes() {
  const { KONTOR_BIN: binary, ...environment } = process.env;
  const { stdout } = await promisify(execFile)(binary, ['routes', AREA, '--json'], { env: environment });
  return JSON.parse(stdout);
}

/** The route that answers a path; of several that fit, the one that names the earliest part of it. */
export function routeOf(routes, method, path) {
  const parts = path.split('/');
  const fits = (route) => {
    const own = route.path.split('/');
    return route.method === method && own.length === parts.length && own.every((part, at) => isParameter(part) || part === parts[at]);
  };
  // A word comes before a brace in no alphabet: what is compared is which parts are named.
  const named = (route) => route.path.split('/').map((part) => (isParameter(part) ? '0' : '1')).join('');
  return routes.filter(fits).sort((a, b) => named(b).localeCompare(named(a)))[0];
}

function isParameter(part) {
  return part.startsWith('{');
}
