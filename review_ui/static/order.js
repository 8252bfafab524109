// Keys of the order page: release, hold, note, what is short.

import {bindKeys} from "./keys.js";

const release = () => document.querySelector("[data-release]");
const note = () => document.querySelector("[data-note]");
const hold = () => document.querySelector("[data-hold]");

function openHold() {
  hold().open = true;
  hold().querySelector("[name=reason]").focus();
}

const short = () => [...document.querySelectorAll("[data-short]")];

function openShort() {
  const all = short();
  const next = all[(all.findIndex((x) => x.contains(document.activeElement)) + 1) % all.length];
  next.open = true;
  next.querySelector("[name=reason]").focus();
}

bindKeys([
  {action: "release", when: () => release(), run: () => release().click()},
  {action: "hold", when: () => hold(), run: openHold},
  {action: "shortage", when: () => short().length, run: openShort},
  {action: "note", when: () => note(), run: () => note().focus()},
]);
