// Follows the links of the staff area as one person, without drawing pages: what leads where, and what
// leads nowhere.
import { AREA, routeOf } from './routes.mjs';

// A list of a hundred orders leads to one kind of page. Of each kind, from each kind, so many are followed.
const FOLLOWED_MAX = 3;

const ENTITIES = { amp: '&', quot: '"', lt: '<', gt: '>', '#39': "'", '#x27': "'", '#34': '"', '#38': '&', '#60': '<', '#62': '>' };

/** What an attribute says. */
function plain(text) {
  return text.replaceAll(/&(#?\w+);/g, (whole, name) => ENTITIES[name] ?? whole);
}

function attribute(tag, name) {
  const found = tag.match(new RegExp(`\\s${name}="([^"]*)"`));
  return found ? plain(found[1]) : undefined;
}

/** Where a page leads: by links and by forms that ask; where its other forms are sent; what in it has a name. */
export function waysOf(html) {
  const links = [...html.matchAll(/<a\b[^>]*>/g)].map(([tag]) => attribute(tag, 'href')).filter((href) => href !== undefined);
  const sends = [...html.matchAll(/\sformaction="([^"]*)"/g)].map(([, action]) => plain(action));
  for (const [, tag, inside] of html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)) {
    const action = attribute(tag, 'action') ?? '';
    if (attribute(tag, 'method') === 'post') {
      sends.push(action);
      continue;
    }
    const fields = [...inside.matchAll(/<input\b[^>]*>/g)].map(([input]) => [attribute(input, 'name'), attribute(input, 'value') ?? '']);
    links.push(`${action}?${new URLSearchParams(fields.filter(([name]) => name !== undefined))}`);
  }
  const names = new Set([...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => plain(id)));
  return { links, sends, names };
}

/** The kind of an address: its route, and the names of what it asks for. */
function kindOf(routes, url) {
  const path = routeOf(routes, 'GET', url.pathname)?.path ?? url.pathname;
  return `${path}?${[...url.searchParams.keys()].sort()}`;
}

/**
 * Walks from `/admin` and the paths in `more` over everything that is linked, for the person whose cookies
 * `request` has. Gives what was answered, by route: `{ path, status, headers, bytes }`; and what leads
 * nowhere, one line for each kind of it. Links out of the staff area are asked for and not followed.
 */
export async function crawl({ request, name }, routes, origin, more = []) {
  const found = new Map();
  const complaints = new Map();
  const followed = new Map();
  const names = new Map();
  const marks = [];
  const waiting = [AREA, ...more].map((path) => ({ path, from: 'the walk' }));
  const seen = new Set(waiting.map(({ path }) => path));
  const complain = (from, path, why) => {
    const kind = [from, path].map((one) => kindOf(routes, new URL(one, origin))).join(' ') + why;
    if (!complaints.has(kind)) complaints.set(kind, `${name}: ${from} leads to ${path}: ${why}`);
  };
  for (let step = waiting.shift(); step; step = waiting.shift()) {
    const { path, from } = step;
    const here = new URL(path, origin);
    const route = routeOf(routes, 'GET', here.pathname);
    if (isStaffs(here) && !route) {
      complain(from, path, 'no such route');
      continue;
    }
    const answer = await request.get(path, { maxRedirects: 0 });
    const [status, headers] = [answer.status(), answer.headers()];
    if (status >= 400) complain(from, path, status);
    if (status >= 400 || !route) continue;
    const body = await answer.body();
    found.set(route.path, [...(found.get(route.path) ?? []), { path, status, headers, bytes: body.length }]);
    const isPage = (headers['content-type'] ?? '').startsWith('text/html');
    const ways = waysOf(isPage ? body.toString() : '');
    names.set(path, ways.names);
    if (status >= 300) ways.links.push(headers.location);
    for (const link of ways.links) {
      const url = new URL(link, here);
      if (url.origin !== origin) continue;
      const next = url.pathname + url.search;
      if (url.hash.length > 1) marks.push({ from: path, path: next, mark: decodeURIComponent(url.hash.slice(1)) });
      const way = `${route.path} ${kindOf(routes, url)}`;
      const count = followed.get(way) ?? 0;
      if (seen.has(next) || count >= FOLLOWED_MAX) continue;
      followed.set(way, count + 1);
      seen.add(next);
      waiting.push({ path: next, from: path });
    }
    for (const action of ways.sends) {
      const url = new URL(action, here);
      if (isStaffs(url) && !routeOf(routes, 'POST', url.pathname)) complain(path, url.pathname, 'no such form');
    }
  }
  for (const { from, path, mark } of marks) {
    if (names.get(path)?.has(mark) === false) complain(from, `${path}#${mark}`, 'nothing there has this name');
  }
  return { found, complaints };
}

function isStaffs({ pathname }) {
  return pathname === AREA || pathname.startsWith(`${AREA}/`);
}
