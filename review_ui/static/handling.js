// Around the case: putting it off, taking it over, setting it aside, and comments.

import {canEdit, url, version} from "./desk.js";
import {bindKeys} from "./keys.js";
import {ask, post} from "./net.js";

const later = document.getElementById("later");
const aside = document.getElementById("aside");
const talk = document.getElementById("talk");
let pinned = "";

function open(dialog) {
  dialog.returnValue = "";
  dialog.showModal();
}

function comment() {
  const at = document.activeElement?.closest?.("#order [data-path]");
  pinned = at?.dataset.path ?? "";
  talk.querySelector("[data-pin]").textContent = pinned;
  open(talk);
  talk.querySelector("textarea").focus();
}

later.addEventListener("close", () => {
  const day = later.querySelector("[name=day]").value;
  if (later.returnValue) post(url("snooze"), {until: later.returnValue === "day" ? day : later.returnValue});
});
aside.addEventListener("close", () => {
  const fields = {version: version()};
  if (aside.returnValue === "not-an-order") post(url("not-an-order"), fields);
  if (aside.returnValue === "duplicate") post(url("duplicate"), {...fields, of: aside.querySelector("[name=of]").value});
});

async function show(answer) {
  if (answer) document.getElementById("comments").innerHTML = await answer.text();
}
talk.querySelector("form").addEventListener("submit", async (event) => {
  if (event.submitter?.value !== "save") return;
  event.preventDefault();
  const text = talk.querySelector("textarea");
  const answer = await post(url("comments"), {text: text.value, path: pinned});
  if (answer) text.value = "";
  await show(answer);
});

document.addEventListener("click", async (event) => {
  const what = event.target.closest("[data-do]")?.dataset.do;
  if (what === "later") open(later);
  if (what === "aside") open(aside);
  if (what === "talk") comment();
  if (what === "take-over") post(url("take-over"));
  const settled = event.target.closest("[data-resolve]")?.dataset.resolve;
  if (settled) show(await ask(url(`comments/${settled}/resolve`), {method: "POST"}));
});

bindKeys([
  {action: "snooze", when: canEdit, run: () => open(later)},
  {action: "comment", when: () => Boolean(document.querySelector("[data-do=talk]")), run: comment},
]);
