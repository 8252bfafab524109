// Rows chosen by their boxes: how many, all at once, and by X on the row the keys stand on.

import {bindKeys} from "./keys.js";

const boxes = () => [...document.querySelectorAll("[data-choose]")];

function count() {
  const many = boxes().filter((box) => box.checked).length;
  for (const button of document.querySelectorAll("[data-needs-chosen]")) button.disabled = !many;
  const all = document.querySelector("[data-choose-all]");
  if (all) {
    all.checked = many > 0 && many === boxes().length;
    all.indeterminate = many > 0 && many < boxes().length;
  }
  const said = document.querySelector("[data-chosen-count]");
  if (said) said.textContent = many ? String(many) : "";
}

function toggle() {
  const box = document.querySelector('tr[aria-selected="true"] [data-choose]');
  if (box) box.checked = !box.checked;
  count();
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-choose-all]")) for (const box of boxes()) box.checked = event.target.checked;
  count();
});
document.addEventListener("htmx:after:swap", count);
bindKeys([{action: "list-choose", when: () => boxes().length, run: toggle}]);
count();
