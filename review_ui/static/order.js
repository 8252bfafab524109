// Keys of the order page: release, hold, note.

import {bindKeys} from "./keys.js";

const release = () => document.querySelector("[data-release]");
const note = () => document.querySelector("[data-note]");
const hold = () => document.querySelector("[data-hold]");

function openHold() {
  hold().open = true;
  hold().querySelector("[name=reason]").focus();
}

bindKeys([
  {action: "release", when: () => release(), run: () => release().click()},
  {action: "hold", when: () => hold(), run: openHold},
  {action: "note", when: () => note(), run: () => note().focus()},
]);
