// Keys: "/" search, j k rows, enter opens, x selects, "?" this list. Nothing on a page needs them to be used.
(() => {
  "use strict";
  const typing = (node) => node.closest("input, textarea, select, dialog") !== null;
  const rows = () => Array.from(document.querySelectorAll("main table tbody tr")).filter((row) => row.querySelector("a"));
  let at = -1;

  function go(step) {
    const all = rows();
    if (!all.length) return;
    all[at]?.classList.remove("is-at");
    at = Math.max(0, Math.min(all.length - 1, at + step));
    const row = all[at];
    row.classList.add("is-at");
    row.querySelector("a").focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "/") {
      event.preventDefault();
      document.getElementById("q")?.focus();
    } else if (event.key === "j") {
      go(1);
    } else if (event.key === "k") {
      go(-1);
    } else if (event.key === "x") {
      const box = rows()[at]?.querySelector("input[type=checkbox]");
      if (box) box.checked = !box.checked;
    } else if (event.key === "?") {
      document.getElementById("keys")?.showModal();
    }
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
})();
