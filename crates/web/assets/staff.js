// The staff area works without this. With it, "/" goes to the search field from anywhere, arrow keys
// walk through what was found, Escape closes the menu of a narrow window, a page with mistakes begins
// at their summary, what runs is looked at anew while nobody types on the page, and
// whoever is about to be signed out is asked whether they stay.
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
    const menu = document.querySelector(".desk-menu[open]");
    if (event.key === "Escape" && menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
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
  const stay = document.querySelector("[data-stay]");
  if (stay) {
    // Ten minutes ahead: a session's last use is noted to five minutes.
    const ahead = 10 * 60;
    let timer;
    const count = () => {
      clearTimeout(timer);
      timer = setTimeout(() => { stay.hidden = false; }, (Number(stay.dataset.stay) - ahead) * 1000);
    };
    stay.querySelector("button").addEventListener("click", async () => {
      try {
        const answer = await fetch("/admin/account", { headers: { accept: "text/html" } });
        if (!answer.ok || new URL(answer.url).pathname !== "/admin/account") return;
        stay.hidden = true;
        count();
      } catch {
        // The notice stays: whoever presses again may find the server.
      }
    });
    count();
  }
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
