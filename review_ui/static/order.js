// Keys of the order page, and the boxes of the lists: release, hold, note, choose.

import {bindKeys} from "./keys.js";

const release = () => document.querySelector("[data-release]");
const note = () => document.querySelector("[data-note]");
const hold = () => document.querySelector("[data-hold]");
const box = () => document.querySelector('[data-list] tr[aria-selected="true"] [data-choose]');

function openHold() {
  hold().open = true;
  hold().querySelector("[name=reason]").focus();
}

bindKeys([
  {action: "release", when: () => release(), run: () => release().click()},
  {action: "hold", when: () => hold(), run: openHold},
  {action: "note", when: () => note(), run: () => note().focus()},
  {action: "list-choose", when: () => box(), run: () => box().click()},
]);
