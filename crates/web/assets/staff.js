// The staff area works without this; with it, "/" goes to the first field of a filter, and a page
// with mistakes begins at their summary; what runs is looked at anew while nobody types on the page.
(() => {
  const errors = document.getElementById("errors");
  if (errors) errors.focus();
  document.addEventListener("keydown", (event) => {
    const typing = /^(input|select|textarea)$/i.test(event.target.tagName);
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const field = document.querySelector(".filter input:not([type=hidden])");
    if (field) {
      event.preventDefault();
      field.focus();
    }
  });
  const live = () => document.querySelector("[data-live]");
  const look = async () => {
    const work = live();
    if (!work) return;
    const busy = document.hidden || work.contains(document.activeElement);
    if (!busy) {
      try {
        const answer = await fetch(location.href, { headers: { accept: "text/html" } });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.querySelector(".work");
        if (answer.ok && fresh) work.replaceWith(fresh);
      } catch {
        // The next look may find the server again.
      }
    }
    const now = live();
    if (now) setTimeout(look, Number(now.dataset.live) * 1000);
  };
  if (live()) setTimeout(look, Number(live().dataset.live) * 1000);
})();
