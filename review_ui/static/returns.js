// A return by keyboard: everything came, judge the units at hand, take it back, close.

import {bindKeys} from "./keys.js";

const page = document.getElementById("return");
const find = (what) => page.querySelector(`[data-${what}]`);
const forms = () => [...page.querySelectorAll("[data-judge]")];
const atHand = () => document.activeElement?.closest?.("[data-judge]") ?? forms()[0];

function next() {
  const all = forms();
  const form = all[(all.indexOf(document.activeElement?.closest?.("[data-judge]")) + 1) % all.length];
  form.querySelector("button").focus();
  form.scrollIntoView({block: "nearest"});
}

bindKeys([
  {action: "judge", when: () => forms().length, run: (event) => atHand().querySelectorAll("[name=grade]")[Number(event.key) - 1]?.click()},
  {action: "next-line", when: () => forms().length, run: next},
  {action: "withdraw", when: () => find("withdraw"), run: () => find("withdraw").click()},
  {action: "receive-all", when: () => find("receive"), run: () => find("receive").click()},
  {action: "close-return", when: () => find("close"), run: () => find("close").click()},
]);
