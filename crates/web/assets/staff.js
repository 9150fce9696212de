// The staff area works without this. With it, "/" goes to the search field from anywhere, arrow keys
// walk through what was found, and a page with mistakes begins at their summary.
(() => {
  const errors = document.getElementById("errors");
  if (errors) errors.focus();
  const find = document.getElementById("find");
  const found = () => [...document.querySelectorAll("[data-found] a")];
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = /^(input|select|textarea)$/i.test(event.target.tagName);
    if (event.key === "/" && !typing && find) {
      event.preventDefault();
      find.focus();
      find.select();
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const all = step ? found() : [];
    if (all.length === 0) return;
    const here = all.indexOf(event.target);
    if (here < 0 && event.target !== find) return;
    event.preventDefault();
    const next = here + step;
    if (next < 0) find.focus();
    else all[Math.min(next, all.length - 1)].focus();
  });
})();
