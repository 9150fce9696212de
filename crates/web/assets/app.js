// Improves pages that are complete without it: the cart's count, quantity lists that send
// themselves, the quote for another state, the hold's clock. Nothing essential happens here.
(() => {
  'use strict';
  const all = (selector) => document.querySelectorAll(selector);
  document.documentElement.classList.add('script');

  // Pages are cached alike for everybody, so that the count comes from a cookie.
  const count = Number((document.cookie.match(/(?:^|; )kontor_count=(\d{1,3})/) || [])[1] || 0);
  all('[data-cart-count]').forEach((badge) => {
    badge.textContent = count;
    badge.hidden = count === 0;
  });

  all('[data-focus]').forEach((panel) => panel.focus());
  // Without script a meta element does this; here it waits while the page is out of sight.
  all('[data-refresh]').forEach((place) => {
    const again = () => (document.hidden ? setTimeout(again, 1000) : location.reload());
    setTimeout(again, Number(place.dataset.refresh) * 1000);
  });
  all('select[data-submit]').forEach((select) => {
    select.addEventListener('change', () => select.form.requestSubmit());
  });
  all('[data-print]').forEach((button) => {
    button.hidden = false;
    button.addEventListener('click', () => window.print());
  });

  // A double click must not send twice; the idempotency key would catch it, but the second answer
  // would be the one that is shown.
  all('form[method=post]').forEach((form) => {
    form.addEventListener('submit', (event) => {
      if (form.dataset.sent && Date.now() - Number(form.dataset.sent) < 4000) event.preventDefault();
      form.dataset.sent = Date.now();
    });
  });
  window.addEventListener('pageshow', () => all('form').forEach((form) => delete form.dataset.sent));

  // Another state has another tax: fetch the totals and put them in place of the old ones.
  all('select[data-quote]').forEach((select) => {
    let latest = 0;
    select.addEventListener('change', async () => {
      const mine = ++latest;
      try {
        const answer = await fetch(`${select.dataset.quote}?region=${encodeURIComponent(select.value)}`, {
          headers: { Accept: 'text/html' },
        });
        if (!answer.ok || mine !== latest) return;
        const parsed = new DOMParser().parseFromString(await answer.text(), 'text/html');
        const totals = parsed.getElementById('totals');
        if (!totals) return;
        document.getElementById('totals').replaceWith(totals);
        const sum = totals.querySelector('.sum-to-pay dd') ?? totals.querySelector('.sum-total dd');
        all('[data-total]').forEach((place) => { place.textContent = sum.textContent; });
      } catch {
        // The server works the tax out again when the form is sent; nothing is lost.
      }
    });
  });

  // The hold ends by the server's clock: only the time since the page was made is measured here.
  all('[data-hold]').forEach((hold) => {
    const clock = hold.querySelector('output');
    const left = () => hold.dataset.ends - hold.dataset.now - performance.now();
    const show = () => {
      const seconds = Math.max(0, Math.ceil(left() / 1000));
      clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
      clock.classList.toggle('is-short', seconds < 120);
      if (seconds > 0) setTimeout(show, 1000 - (performance.now() % 1000));
      else location.reload();
    };
    if (left() > 0) {
      hold.hidden = false;
      show();
    }
  });
})();
