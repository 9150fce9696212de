// The staff area works without this; with it, "/" goes to the first field of a filter, and a page
// with mistakes begins at their summary.
(() => {
  const errors = document.getElementById("errors");
  if (errors) errors.focus();
  document.addEventListener("keydown", (event) => {
    const typing = /^(input|select|textarea)$/i.test(event.target.tagName);
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const field = document.querySelector(".filter input");
    if (field) {
      event.preventDefault();
      field.focus();
    }
  });
})();
