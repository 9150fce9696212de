// Keeps the live number live: asks for it every few seconds while somebody looks, and writes it as
// the page's language does. Without this the number is the one of the moment when the page was made.
(() => {
  const EVERY_MS = 10000;
  const places = document.querySelectorAll('[data-live-active]');
  if (!places.length || !window.fetch) return;
  const format = new Intl.NumberFormat(document.documentElement.lang === 'de' ? 'de-DE' : 'en-GB');
  const ask = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch('/api/v1/reach/counter', { headers: { accept: 'application/json' } });
      if (!answer.ok) return;
      const counter = await answer.json();
      if (typeof counter.active !== 'number') return;
      for (const place of places) place.textContent = format.format(counter.active);
    } catch {
      // The number stays as it is; the next question comes soon.
    }
  };
  setInterval(ask, EVERY_MS);
})();
