// A sale's pages are complete without this: here clocks run, moments are said in the reader's own
// way, and a place in line is asked about again without losing the reader's place on the page.
(() => {
  'use strict';
  const all = (selector, root = document) => root.querySelectorAll(selector);
  // How far this clock is from the server's. A kept page is older than it says, so that the server
  // is asked; the quickest of three answers tells best.
  let offset = null;
  const measure = async () => {
    let best = Infinity;
    for (let i = 0; i < 3; i += 1) {
      const before = performance.now();
      const answer = await fetch('/sale/clock', { cache: 'no-store' });
      const took = performance.now() - before;
      if (!answer.ok) return;
      const server = Number(await answer.text());
      if (took < best && server > 0) {
        best = took;
        offset = server + took / 2 - Date.now();
      }
    }
  };

  const local = (root) => all('time[data-local]', root).forEach((time) => {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) return;
    time.title = time.textContent;
    time.textContent = at.toLocaleString(document.documentElement.lang === 'de' ? 'de' : navigator.language, {
      dateStyle: 'medium', timeStyle: 'short',
    });
  });

  const two = (number) => String(number).padStart(2, '0');
  let ticking;
  const count = () => {
    clearTimeout(ticking);
    const clocks = all('[data-countdown]');
    if (clocks.length === 0) return;
    clocks.forEach((place) => {
      const clock = place.querySelector('.countdown-clock');
      if (offset === null) offset = Number(place.dataset.now) - Date.now();
      const left = Math.max(0, Math.ceil((Number(place.dataset.ends) - Date.now() - offset) / 1000));
      const days = Math.floor(left / 86400);
      const rest = `${two(Math.floor(left / 3600) % 24)}:${two(Math.floor(left / 60) % 60)}:${two(left % 60)}`;
      clock.textContent = days > 0 ? `${days} ${place.dataset.days} ${rest}` : rest;
      clock.hidden = false;
      // Everybody's clock ends at once; not everybody shall ask at once.
      if (left === 0 && !place.dataset.done) {
        place.dataset.done = 'yes';
        if (!document.getElementById('place')) setTimeout(() => location.reload(), 700 + Math.random() * 2300);
      }
    });
    ticking = setTimeout(count, 1000 - (Date.now() % 1000));
  };

  let holding;
  const hold = () => {
    clearTimeout(holding);
    all('#place [data-hold]').forEach((place) => {
      if (offset === null) offset = Number(place.dataset.now) - Date.now();
      const left = Math.max(0, Math.ceil((Number(place.dataset.ends) - Date.now() - offset) / 1000));
      const clock = place.querySelector('output');
      clock.textContent = `${Math.floor(left / 60)}:${two(left % 60)}`;
      clock.classList.toggle('is-short', left < 120);
      place.hidden = false;
      holding = setTimeout(hold, 1000 - (Date.now() % 1000));
    });
  };

  // The part of the page that is one person's: fetched again after as long as the server says,
  // which has mixed chance into it. Spoken only when something happened, not at every look.
  let misses = 0;
  const poll = () => {
    const place = document.getElementById('place');
    if (!place || !place.dataset.poll) return;
    const wait = Number(place.dataset.poll) * Math.min(8, 2 ** misses);
    setTimeout(async () => {
      if (document.hidden) {
        document.addEventListener('visibilitychange', poll, { once: true });
        return;
      }
      try {
        const answer = await fetch(location.pathname, { headers: { Accept: 'text/html' } });
        if (!answer.ok) throw new Error(String(answer.status));
        const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
        const next = page.getElementById('place');
        if (!next) throw new Error('no place');
        misses = 0;
        const now = document.getElementById('place');
        // Nothing is pulled away from under somebody who is about to press it.
        const focus = now.contains(document.activeElement) ? document.activeElement.id : '';
        const changed = next.dataset.state !== now.dataset.state;
        if (changed || next.textContent !== now.textContent) {
          now.replaceWith(next);
          local(next);
          if (focus) document.getElementById(focus)?.focus();
          document.title = page.title;
          if (changed) {
            document.getElementById('said').textContent = next.querySelector('h1').textContent;
          }
          count();
          hold();
        } else {
          now.dataset.poll = next.dataset.poll || '';
        }
      } catch {
        misses += 1;
      }
      poll();
    }, wait);
  };

  const start = () => {
    local(document);
    count();
    hold();
    poll();
  };
  if (document.querySelector('[data-countdown], #place [data-hold]')) measure().catch(() => {}).finally(start);
  else start();
})();
