// Rows chosen by their boxes: how many, all at once, and by X on the row the keys stand on. What is chosen survives a
// refresh of the list, not what is done to it; only what is in sight is chosen.

import {bindKeys} from "./keys.js";

const chosen = new Set();
const boxes = () => [...document.querySelectorAll("[data-choose]")];
const current = () => document.querySelector('tr[aria-selected="true"] [data-choose]');

export const chosenValues = () => [...chosen];
export function chooseNone() {
  chosen.clear();
  paint();
}

function paint() {
  for (const value of [...chosen]) if (!boxes().some((box) => box.value === value)) chosen.delete(value);
  for (const box of boxes()) box.checked = chosen.has(box.value);
  const many = chosen.size;
  for (const button of document.querySelectorAll("[data-needs-chosen]")) button.disabled = !many;
  for (const bar of document.querySelectorAll("[data-while-chosen]")) bar.hidden = !many;
  for (const said of document.querySelectorAll("[data-chosen-count]")) said.textContent = many ? String(many) : "";
  const all = document.querySelector("[data-choose-all]");
  if (!all) return;
  all.checked = many > 0 && many === boxes().length;
  all.indeterminate = many > 0 && many < boxes().length;
}

function choose(box, isChosen) {
  if (isChosen) chosen.add(box.value);
  else chosen.delete(box.value);
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-choose]")) choose(event.target, event.target.checked);
  else if (event.target.matches("[data-choose-all]")) for (const box of boxes()) choose(box, event.target.checked);
  else return;
  paint();
});
document.addEventListener("htmx:after:swap", (event) => {
  if ((event.detail?.ctx?.request?.method ?? "GET") !== "GET") chosen.clear();      // what was asked for is done
  paint();
});
bindKeys([{action: "list-choose", when: () => Boolean(current()), run: () => { choose(current(), !chosen.has(current().value)); paint(); }}]);
paint();
