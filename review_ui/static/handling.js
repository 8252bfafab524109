// Around the case: putting it off, taking it over, setting it aside, and comments, on the case or on a place of it.

import {canEdit, url, version} from "./desk.js";
import {bindKeys} from "./keys.js";
import {ask, post, quietly} from "./net.js";

const later = document.getElementById("later");
const aside = document.getElementById("aside");
const talk = document.getElementById("talk");
let pinned = {};               // what the next comment is about: {path, place, kind, label}

function open(dialog) {
  dialog.returnValue = "";
  dialog.showModal();
}

/** A mention that is before the person's eyes is read. */
async function readNew() {
  if (!talk.open || !document.querySelector("#comments [data-new]")) return;
  const answer = await post(url("comments/read"));
  if (answer) document.dispatchEvent(new CustomEvent("mentions-read", {detail: Number(await answer.text())}));
}

/** Write a comment on a place: {path} of a field, or {place, kind} on a page; `label` says which. */
export function commentOn(about) {
  pinned = about;
  talk.querySelector("[data-about]").textContent = about.label || about.path || "";
  open(talk);
  talk.querySelector("textarea").focus();
  readNew();
}

function comment() {
  const at = document.activeElement?.closest?.("#order [data-path]");
  commentOn(at ? {path: at.dataset.path, label: at.dataset.label} : {});
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
  if (!answer) return;
  document.getElementById("comments").innerHTML = await answer.text();
  document.dispatchEvent(new CustomEvent("comments-shown"));
  await readNew();
}
talk.querySelector("form").addEventListener("submit", async (event) => {
  if (event.submitter?.value !== "save") return;
  event.preventDefault();
  const text = talk.querySelector("textarea");
  const answer = await post(url("comments"), {
    text: text.value, path: pinned.path ?? "", place: pinned.place ?? "", kind: pinned.kind ?? "paper"});
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

// What a colleague says meanwhile is shown as it comes.
document.addEventListener("case-changed", async () => show(await quietly(url("comments"))));

bindKeys([
  {action: "snooze", when: canEdit, run: () => open(later)},
  {action: "comment", when: () => Boolean(document.querySelector("[data-do=talk]")), run: comment},
]);
