// Around the case: putting it off, taking it over, setting it aside, and comments, on the case or on a place of it.

import {canEdit, change, url, version} from "./desk.js";
import {bindKeys} from "./keys.js";
import {ask, newLine, post, quietly} from "./net.js";

const later = document.getElementById("later");
const aside = document.getElementById("aside");
const handOn = document.getElementById("hand-on");
const talk = document.getElementById("talk");
const comments = document.getElementById("comments");
const inTurn = newLine();
let pinned = {};               // what the next comment is about: {path, place, kind, label}

function open(dialog) {
  dialog.returnValue = "";
  dialog.showModal();
}

/** A mention that is before the person's eyes is read. */
async function readNew() {
  if (!talk.open || !comments.querySelector("[data-new]")) return;
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

/** Ask what becomes of the case, and show what that would teach as soon as it is known. */
async function setAside() {
  const place = aside.querySelector("[data-teaches]");
  place.replaceChildren();
  open(aside);
  const answer = await quietly(url("lessons/no-order"));
  if (answer) place.innerHTML = await answer.text();
}

function comment() {
  const at = document.activeElement?.closest?.("#order [data-path]");
  commentOn(at ? {path: at.dataset.path, label: at.dataset.label} : {});
}

later.addEventListener("close", () => {
  const day = later.querySelector("[name=day]").value;
  if (later.returnValue) post(url("snooze"), {until: later.returnValue === "day" ? day : later.returnValue});
});
handOn.addEventListener("close", () => {
  const tag = handOn.querySelector("[name=tag]");
  if (handOn.returnValue === "assign") post(url("assign"), {to: handOn.querySelector("[name=to]").value});
  if (handOn.returnValue === "tag") change("tag", {tag: tag.value});
  tag.value = "";
});
aside.addEventListener("close", () => {
  const fields = {version: version()};
  const teach = aside.querySelector("[name=teach]")?.checked ?? false;
  if (aside.returnValue === "not-an-order") post(url("not-an-order"), {...fields, teach});
  if (aside.returnValue === "duplicate") post(url("duplicate"), {...fields, of: aside.querySelector("[name=of]").value});
});

/** Which button of which comment has the focus, as a selector; "" when none has. */
function focused() {
  const button = document.activeElement;
  const comment = comments.contains(button) && button.closest("[data-comment]");
  return comment ? `[data-comment="${comment.dataset.comment}"] [data-${"go" in button.dataset ? "go" : "resolve"}]` : "";
}

/** Ask, and show the comments that are answered, in turn; who was on a button of one is so still. Resolves to whether it was done. */
const showAnswer = (request) => inTurn(async () => {
  const answer = await request();
  if (!answer) return false;
  const html = await answer.text();
  const held = focused();
  comments.innerHTML = html;
  if (held) (comments.querySelector(held) ?? talk.querySelector("textarea")).focus();
  document.dispatchEvent(new CustomEvent("comments-shown"));
  return true;
});

async function say() {
  const text = talk.querySelector("textarea");
  const said = text.value;
  const {path = "", place = "", kind = "paper"} = pinned;
  const isDone = await showAnswer(() => post(url("comments"), {text: said, path, place, kind}));
  if (isDone && text.value === said) text.value = "";             // what was typed meanwhile is the next comment
  await readNew();
}
let saying = null;
talk.querySelector("form").addEventListener("submit", (event) => {
  if (event.submitter?.value !== "save") return;
  event.preventDefault();
  saying ??= say().finally(() => { saying = null; });              // pressed twice, it is said once
});

document.addEventListener("click", (event) => {
  const what = event.target.closest("[data-do]")?.dataset.do;
  if (what === "later") open(later);
  if (what === "hand-on") open(handOn);
  if (what === "untag") change("tag", {tag: event.target.closest("[data-of]").dataset.of, off: true});
  if (what === "aside") setAside();
  if (what === "talk") comment();
  if (what === "take-over") post(url("take-over"));
  const settled = event.target.closest("[data-resolve]")?.dataset.resolve;
  if (settled) showAnswer(() => ask(url(`comments/${settled}/resolve`), {method: "POST"}));
});

// What a colleague says meanwhile is shown as it comes.
document.addEventListener("case-changed", () => showAnswer(() => quietly(url("comments"))).then(readNew));

bindKeys([
  {action: "snooze", when: canEdit, run: () => open(later)},
  {action: "hand-on", when: canEdit, run: () => open(handOn)},
  {action: "comment", when: () => Boolean(document.querySelector("[data-do=talk]")), run: comment},
]);
