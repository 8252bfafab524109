// The order on the right, as the server has it: changes go one after the other, and it is drawn again after each.

import {ask, newLine, post, quietly} from "./net.js";
import {dropTyped, forget, settled} from "./unsaved.js";

export const id = document.getElementById("case").dataset.case;
export const order = () => document.getElementById("order");
export const version = () => order().dataset.version;
export const canEdit = () => "canEdit" in order().dataset;
export const canApprove = () => "canApprove" in order().dataset;
export const url = (action) => `/cases/${id}/${action}`;

/** All values of the order that have a place in it. */
export const valued = () => [...order().querySelectorAll("[data-path]")];
/** The element that shows the value with this path; null when it is not shown. */
export const field = (path) => (path ? document.getElementById(`v-${path.replaceAll(".", "-")}`) : null);
/** The field that text is typed into right now. */
export const focusedInput = () => {
  const input = document.activeElement;
  return input?.matches?.("#order input[data-path]:not([readonly])") ? input : null;
};

/** What is open of the order besides what always stands: keys of lines, and HEADER. The server draws it with the rest. */
const opened = new Set();
export const HEADER = "header";
const openHeader = () => ({"Open-Parts": [...opened].join(",")});

/** What words of the page go into: the field being typed in, or the cell of an item that has the focus. */
export const captureTarget = () => focusedInput() ?? document.activeElement?.closest?.("#order .lines [data-pick]:not(:disabled)") ?? null;

const isDirty = (input) => input.matches("input[data-path]") && input.value !== input.defaultValue;
const clearNotices = () => document.getElementById("notices").replaceChildren();
const tell = (name) => document.dispatchEvent(new CustomEvent(name));

/** Draw the order from the server's HTML. "order-drawing" is told before, "order-drawn" after; the focus stays. */
async function draw(html) {
  tell("order-drawing");
  const held = order().contains(document.activeElement) ? document.activeElement.id : "";
  await htmx.swap({text: html, target: order(), sourceElement: order(), swap: "outerMorph"});
  if (held && document.activeElement?.id !== held) document.getElementById(held)?.focus();
  tell("order-drawn");
}

/** Do this when everything before it is done: changes go one after the other, each on the version the one before made. */
export const inTurn = newLine();

/** Show the order as it is now, without a word when it cannot be had. */
export const refresh = () => inTurn(async () => {
  const answered = await quietly(url("order"), openHeader());
  if (answered) await draw(await answered.text());
});

/** Open a part of the order, or close it. */
export async function setOpen(part, isOpen) {
  if (isOpen) opened.add(part);
  else opened.delete(part);
  await flush();
  await refresh();
}

/** Load the order as it is now. What was typed stays in its field, and is saved unless somebody else changed that value too. */
export async function reload() {
  let typed = [];
  const isDone = await inTurn(async () => {
    const answer = await ask(url("order"), {headers: openHeader()});
    if (!answer) return false;
    typed = valued().filter(isDirty).map((input) => ({id: input.id, value: input.value, was: input.defaultValue}));
    clearNotices();
    await draw(await answer.text());
    return true;
  });
  if (!isDone) return;
  for (const {id: key, value, was} of typed) {
    const input = document.getElementById(key);
    if (!input) continue;
    input.value = value;
    input.classList.add("not-saved");
    if (input.defaultValue === was) save(input);
  }
}

/** Post a change of the order and draw what it made; false when it was refused. */
export function change(action, fields) {
  return inTurn(async () => {
    order().setAttribute("aria-busy", "true");
    const answer = await post(url(action), {version: version(), ...fields}, {headers: openHeader()});
    order().removeAttribute("aria-busy");
    if (!answer) return false;
    clearNotices();
    await draw(await answer.text());
    return true;
  });
}

/** Set one value. `from`: where on the page it was taken, or that it was typed. */
export const correct = (path, value, from = {}) =>
  change("corrections", {path, value, places: from.places ?? "", kind: from.kind ?? "paper", typed: from.typed ?? false});

/** Save what is typed in a field; it is marked until it is saved. */
export function save(input, from) {
  const path = input.dataset.path;
  const value = input.value;
  inTurn(() => settled(path));
  return correct(path, value, from ?? {typed: true}).then((done) => {
    if (done) forget(path);
    const now = field(path);
    if (done && now && now.value === value) now.value = now.defaultValue;
    now?.classList.toggle("not-saved", !done);
  });
}

/** Save the field being typed in, and wait until every change is done. */
export async function flush() {
  const open = document.activeElement;
  if (open?.matches?.("input[data-path]") && isDirty(open)) await save(open);
  await inTurn(() => true);
}

/** Put the field back as it was, and leave it. */
export function leaveField() {
  const input = focusedInput();
  input.value = input.defaultValue;
  input.classList.remove("not-saved");
  input.blur();
  dropTyped(input.dataset.path);
}

// A field is saved when it is left. (A "change" event would miss text that was put back after a reload.)
document.addEventListener("focusout", (event) => {
  if (event.target.matches("#order input[data-path]") && isDirty(event.target)) save(event.target);
});
// Reload is for a field that cannot be saved on this version: pressing it does not leave the field, which would only fail again.
document.addEventListener("mousedown", (event) => {
  if (event.target.closest("[data-do=reload]")) event.preventDefault();
});
