// Lists that are walked by keyboard. The selection is kept by row id, so a refresh does not lose it.

import {bindKeys} from "./keys.js";

const rows = () => [...document.querySelectorAll("[data-list] tbody tr[data-href]")];
let chosen = sessionStorage.getItem(`chosen:${location.pathname}`);

function paint() {
  for (const row of rows()) row.setAttribute("aria-selected", row.id === chosen);
}

function choose(row) {
  if (!row) return;
  chosen = row.id;
  sessionStorage.setItem(`chosen:${location.pathname}`, chosen);
  paint();
  row.scrollIntoView({block: "nearest"});
}

function move(step) {
  const all = rows();
  const at = all.findIndex((row) => row.id === chosen);
  choose(at < 0 ? all[0] : all[Math.min(Math.max(at + step, 0), all.length - 1)]);
}

const open = () => {
  const row = rows().find((r) => r.id === chosen) ?? rows()[0];
  if (row) location.assign(row.dataset.href);
};
const search = () => document.querySelector("[data-search]");
const onLink = (event) => event.target.closest?.("a, button, summary, input, label");

bindKeys([
  {action: "list-next", when: () => rows().length, run: () => move(1)},
  {action: "list-previous", when: () => rows().length, run: () => move(-1)},
  {action: "list-open", when: (event) => rows().length && !onLink(event), run: open},
  {action: "list-search", when: () => search(), run: () => search().focus()},
  {action: "list-leave", when: () => document.activeElement === search(), run: () => search().blur()},
]);

document.addEventListener("click", (event) => {
  const row = event.target.closest("tr[data-href]");
  if (!row || onLink(event) || String(getSelection())) return;
  choose(row);
  open();
});
document.addEventListener("htmx:after:swap", paint);
paint();
