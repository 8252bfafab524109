// The case page: questions, corrections, decisions. The server draws the order after every change; typed text stays.

import {openApproval} from "./approving.js";
import {doInGrid, gridKeys} from "./grid.js";
import {bindKeys} from "./keys.js";
import {ask, post, say} from "./net.js";
import {openPicker} from "./picker.js";
import {capture, fedPath, markUsed, pointAt, start, turnPage, walkWord, wordAtHand, zoomBy} from "./viewer.js";

const HEARTBEAT_MS = 60_000;
const BACKGROUND = {headers: {"X-Background": "1"}};
const id = document.getElementById("case").dataset.case;
const nextPicture = document.getElementById("case").dataset.nextPicture;
const order = () => document.getElementById("order");
const version = () => order().dataset.version;
const canEdit = () => "canEdit" in order().dataset;
const canApprove = () => "canApprove" in order().dataset;
const url = (action) => `/cases/${id}/${action}`;

// --- the order on the right -------------------------------------------------------------------------------------------

const valued = () => [...order().querySelectorAll("[data-path]")];
const field = (path) => (path ? document.getElementById(`v-${path.replaceAll(".", "-")}`) : null);
const isDirty = (input) => input.matches("input[data-path]") && input.value !== input.defaultValue;

async function draw(html) {
  const key = current()?.id;
  const place = questions().findIndex((q) => q.id === key);
  const wasOpen = !document.getElementById("history").hidden;
  const held = order().contains(document.activeElement) ? document.activeElement.id : "";
  await htmx.swap({text: html, target: order(), sourceElement: order(), swap: "outerMorph"});
  document.getElementById("history").hidden = !wasOpen;
  if (held && document.activeElement?.id !== held) document.getElementById(held)?.focus();
  settle(key, place);
}

/** After a drawing: mark what feeds the order, keep the question at hand, light up what has the focus. */
function settle(key, place) {
  const all = questions();
  mark();
  setCurrent(all.find((q) => q.id === key) ?? all[Math.min(Math.max(place, 0), all.length - 1)]);
  const focused = document.activeElement?.closest?.("#order [data-path]");
  if (focused ?? current()) point(focused ?? current(), {turn: true});
}

const mark = () => markUsed(valued().map((e) => ({path: e.dataset.path, places: e.dataset.places})));

/** Load the order as it is now. What was typed stays in its field, and is saved unless somebody else changed that value too. */
async function reload() {
  const typed = valued().filter(isDirty).map((input) => ({id: input.id, value: input.value, was: input.defaultValue}));
  const answer = await ask(url("order"));
  if (!answer) return;
  document.getElementById("notices").replaceChildren();
  await draw(await answer.text());
  for (const {id: key, value, was} of typed) {
    const input = document.getElementById(key);
    if (!input) continue;
    input.value = value;
    input.classList.add("not-saved");
    if (input.defaultValue === was) save(input);
  }
}

// Changes go one after the other, each on the version the one before made.
let line = Promise.resolve(true);

function inTurn(work) {
  line = line.then(work, work);
  return line;
}

function change(action, fields) {
  return inTurn(async () => {
    const answer = await post(url(action), {version: version(), ...fields});
    if (!answer) return false;
    document.getElementById("notices").replaceChildren();
    await draw(await answer.text());
    return true;
  });
}

const correct = (path, value, from = {}) => change("corrections", {path, value, places: from.places ?? "", kind: from.kind ?? "paper"});

function save(input, from) {
  const path = input.dataset.path;
  const value = input.value;
  return correct(path, value, from).then((done) => {
    const now = field(path);
    if (done && now && now.value === value) now.value = now.defaultValue;
    now?.classList.toggle("not-saved", !done);
  });
}

// --- questions --------------------------------------------------------------------------------------------------------

// Questions that were put off come last, for as long as this browser has the case open.
const later = new Set(JSON.parse(sessionStorage.getItem(`later:${id}`) ?? "[]"));
const isLater = (question) => later.has(question.id);

function questions() {
  const all = [...document.querySelectorAll("#rail [data-question]")];
  for (const q of all) q.classList.toggle("is-later", isLater(q));
  return [...all.filter((q) => !isLater(q)), ...all.filter(isLater)];
}

function postpone() {
  const question = current();
  if (isLater(question)) later.delete(question.id);
  else later.add(question.id);
  sessionStorage.setItem(`later:${id}`, JSON.stringify([...later]));
  const [first] = questions();
  setCurrent(first);
  point(first, {turn: true});
}

const current = () => document.querySelector("#rail [data-question][aria-current]");

function setCurrent(question) {
  for (const q of questions()) q.toggleAttribute("aria-current", q === question);
  if (question) question.setAttribute("aria-current", "true");
  for (const old of order().querySelectorAll(".at-question")) old.classList.remove("at-question");
  field(question?.dataset.path)?.closest(".value")?.classList.add("at-question");
}

function point(element, options) {
  const own = element.dataset.places ? element : field(element.dataset.path) ?? element;
  pointAt({places: own.dataset.places, note: element.dataset.note || own.dataset.note}, options);
}

/** The field of a question that is answered by typing; null when it is answered by choosing, or only told. */
function typedField(question) {
  const own = field(question?.dataset.path);
  return own?.matches("input:not([readonly])") && !question.querySelector("[data-choice]") ? own : null;
}

/** Go to another question: into its field where one types the answer, else so that the digits choose. */
function step(by) {
  const all = questions();
  const own = typedField(current());
  const isEntered = !own || own === document.activeElement;
  const to = isEntered ? all[(all.indexOf(current()) + by + all.length) % all.length] : current();
  const wasAlone = to === current() && isEntered;
  document.activeElement?.blur();
  if (!to || wasAlone) return;
  setCurrent(to);
  point(to, {turn: true});
  to.scrollIntoView({block: "nearest"});
  field(to.dataset.path)?.scrollIntoView({block: "nearest"});
  typedField(to)?.focus();
  typedField(to)?.select();
}

function answer(choice) {
  const path = choice?.dataset.sets || current()?.dataset.path;
  if (path && choice) correct(path, choice.dataset.choice);
}

const choices = () => [...(current()?.querySelectorAll("[data-choice]") ?? [])];

/** The line at hand: where the focus is, else where the question is. */
function lineAtHand() {
  const focused = document.activeElement?.closest?.("[data-line]");
  return focused ?? field(current()?.dataset.path)?.closest("[data-line]");
}

// --- decisions --------------------------------------------------------------------------------------------------------

async function flush() {
  const open = document.activeElement;
  if (open?.matches?.("input[data-path]") && isDirty(open)) await save(open);
  await line;
}

async function approve() {
  await flush();
  if ("needsReason" in order().dataset) return openApproval();
  if (order().querySelector(".not-saved")) return say("A value is not saved yet. Correct it or press Esc in its field, then approve.");
  await inTurn(() => post(url("approve"), {version: version()}));
}

function askReject() {
  const dialog = document.getElementById("reject");
  dialog.returnValue = "";
  dialog.showModal();
}

/** The line whose customer's price is let stand, until the reason is given. */
let standing = null;

function askWhy() {
  standing = lineAtHand()?.dataset.line;
  const dialog = document.getElementById("their-price");
  dialog.returnValue = "";
  dialog.showModal();
}

document.getElementById("their-price").addEventListener("keydown", (event) => {
  const reason = event.target.closest("dialog").querySelectorAll(".reasons button")[Number(event.key) - 1];
  if (!reason) return;
  event.stopPropagation();           // the digit is no answer to the question behind
  reason.click();
});
document.getElementById("their-price").addEventListener("close", (event) => {
  const path = `lines.${standing}.unit_price`;
  if (event.target.returnValue) change("corrections", {path, value: field(path).value, reason: event.target.returnValue});
});

document.getElementById("reject").addEventListener("close", async (event) => {
  const dialog = event.target;
  if (dialog.returnValue !== "reject") return;
  await inTurn(() => post(url("reject"), {version: version(), reason: dialog.querySelector("textarea").value}));
});

function askRegroup() {
  const dialog = document.getElementById("regroup");
  dialog.returnValue = "";
  dialog.showModal();
}

document.getElementById("regroup").addEventListener("close", async (event) => {
  const dialog = event.target;
  const taken = {merge: ["into", "[name=into]"], split: ["document", "[name=document]"]}[dialog.returnValue];
  if (!taken) return;
  await inTurn(() => post(url(dialog.returnValue), {version: version(), [taken[0]]: dialog.querySelector(taken[1]).value}));
});

function toggleHistory() {
  const history = document.getElementById("history");
  const trail = document.getElementById("audit");
  if (!trail.hasChildNodes()) trail.append(document.getElementById("audit-source").content.cloneNode(true));
  history.hidden = !history.hidden;
  if (!history.hidden) order().scrollTo({top: history.offsetTop - order().querySelector(".order-head").offsetHeight});
}

function pick(anchor) {
  openPicker({anchor, url: url("choices"), path: anchor.dataset.path, take: (value) => correct(anchor.dataset.path, value)});
}

/** Search where the question is: the customer or address it asks for, else the item of the line at hand. */
function search() {
  const asked = field(current()?.dataset.path);
  const anchor = asked?.matches("[data-pick]") ? asked : lineAtHand()?.querySelector("[data-pick]");
  const found = anchor ?? order().querySelector(".lines [data-pick]:not(:disabled)");
  if (found) pick(found);
}

function edit() {
  const asked = field(current()?.dataset.path);
  asked?.focus();
  asked?.select?.();
}

const ACTIONS = {
  edit,
  approve, search, reject: askReject, regroup: askRegroup, reload, history: toggleHistory,
  undo: () => change("undo", {}),
  keep: (button) => change("rows", {change: button.dataset.keep}),
  revert: (button) => change("revert", {made: button.dataset.made, path: button.dataset.of}),
  reopen: () => post(url("reopen")),
  match: () => post(url("match")),
  "add-line": () => openPicker({
    anchor: document.getElementById("add-line"), url: url("choices"), path: "lines.new", take: (value) => correct("lines.new", value)}),
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const asking = button.closest("#rail [data-question]");
  if (asking) setCurrent(asking);
  if (ACTIONS[button.dataset.do]) ACTIONS[button.dataset.do](button);
  else if (doInGrid(button.dataset.do)) button.closest("details")?.removeAttribute("open");
  else if (button.dataset.set) correct(button.dataset.set, button.dataset.value);
  else if (asking && "choice" in button.dataset) answer(button);
  else if ("pick" in button.dataset) pick(button);
});

document.addEventListener("click", (event) => {
  const question = event.target.closest("#rail [data-question]");
  if (!question || event.target.closest("button")) return;
  setCurrent(question);
  point(question, {turn: true});
});

// A field is saved when it is left. (A "change" event would miss text that was put back after a reload.)
document.addEventListener("focusout", (event) => {
  if (event.target.matches("#order input[data-path]") && isDirty(event.target)) save(event.target);
});
// Reload is for a field that cannot be saved on this version: pressing it does not leave the field, which would only fail again.
document.addEventListener("mousedown", (event) => {
  if (event.target.closest("[data-do=reload]")) event.preventDefault();
});

document.addEventListener("focusin", (event) => {
  if (event.target.matches("#order [data-path]")) point(event.target, {turn: true});
});
document.addEventListener("mouseover", (event) => {
  const value = event.target.closest("#order [data-path]");
  if (value && !value.matches("[data-question]")) point(value, {});
});

// --- taking values from the page ----------------------------------------------------------------------------------------

const sheet = document.getElementById("sheet");
let pressed = null;

const focusedInput = () => {
  const input = document.activeElement;
  return input?.matches?.("#order input[data-path]:not([readonly])") ? input : null;
};

sheet.addEventListener("mousedown", (event) => {
  pressed = event.target.closest("[data-word]");
  if (pressed && focusedInput()) event.preventDefault();          // the field keeps the focus
});
sheet.addEventListener("mouseup", (event) => {
  const word = event.target.closest("[data-word]");
  const input = focusedInput();
  if (input && pressed && word) takeInto(input, capture(pressed, word));
  pressed = null;
});
sheet.addEventListener("click", (event) => {
  if (focusedInput()) return;
  const path = fedPath(event.target);
  field(path)?.focus();
});

/** Where a word goes: the field with the focus, else the one in question. */
function captureField() {
  const asked = field(current()?.dataset.path);
  return focusedInput() ?? (asked?.matches("input:not([readonly])") ? asked : null);
}

function takeInto(input, found) {
  input.value = found.text;
  save(input, found);
}

sheet.addEventListener("page-shown", mark);

// --- keys -------------------------------------------------------------------------------------------------------------

const onControl = (event) => event.target.closest?.("button, a, summary");

bindKeys([
  {action: "approve", when: canApprove, run: approve},
  {action: "next-doubt", when: (event) => questions().length && !onControl(event), run: () => step(1)},
  {action: "previous-doubt", when: (event) => questions().length && !onControl(event), run: () => step(-1)},
  {action: "take-candidate", when: () => canEdit() && choices().length, run: (event) => answer(choices()[Number(event.key) - 1])},
  {action: "edit", when: () => canEdit() && field(current()?.dataset.path), run: edit},
  {action: "search", when: canEdit, run: search},
  ...gridKeys({canEdit, change, flush, url, asked: () => field(current()?.dataset.path), post: (what, fields) => post(url(what), fields)}),
  {action: "our-price", when: () => canEdit() && lineAtHand()?.querySelector("[data-contract]"),
    run: () => correct(`lines.${lineAtHand().dataset.line}.unit_price`, lineAtHand().querySelector("[data-contract]").dataset.contract)},
  {action: "their-price", when: () => canEdit() && field(`lines.${lineAtHand()?.dataset.line}.unit_price`)?.value, run: askWhy},
  {action: "unit-reading", when: () => canEdit() && lineAtHand()?.dataset.otherUnit,
    run: () => correct(`lines.${lineAtHand().dataset.line}.uom`, lineAtHand().dataset.otherUnit)},
  {action: "postpone", when: () => questions().length > 1, run: postpone},
  {action: "previous-word", run: () => walkWord(-1)},
  {action: "next-word", run: () => walkWord(1)},
  {action: "take-word", when: () => canEdit() && captureField() && wordAtHand(), run: () => takeInto(captureField(), wordAtHand())},
  {action: "leave-out", when: () => canEdit() && lineAtHand(),
    run: () => correct(`lines.${lineAtHand().dataset.line}.state`, "rejected")},
  {action: "confirm-line", when: () => canEdit() && lineAtHand(),
    run: () => correct(`lines.${lineAtHand().dataset.line}.state`, "confirmed")},
  {action: "add-line", when: canEdit, run: () => ACTIONS["add-line"]()},
  {action: "undo", when: () => canEdit() && order().querySelector("[data-do=undo]"), run: () => ACTIONS.undo()},
  {action: "reject", when: canApprove, run: askReject},
  {action: "history", run: toggleHistory},
  {action: "larger", run: () => zoomBy(1)},
  {action: "smaller", run: () => zoomBy(-1)},
  {action: "next-page", run: () => turnPage(1)},
  {action: "previous-page", run: () => turnPage(-1)},
  {action: "leave-field", when: () => focusedInput(),
    run: () => { const f = focusedInput(); f.value = f.defaultValue; f.classList.remove("not-saved"); f.blur(); }},
]);

// --- the lease --------------------------------------------------------------------------------------------------------

async function refresh() {
  const answered = await ask(url("order"), BACKGROUND);
  if (answered) await draw(await answered.text());
}

/** Hold the case while the page is open; when somebody else has it, show that, and take it when it is free. */
async function hold(options) {
  if (!canEdit() && order().dataset.holder) await refresh();
  if (canEdit() && !(await post(url("claim"), {}, options))) await refresh();
}

// Somebody else's changes are shown as they happen to whoever only reads; who edits is told when they save.
document.addEventListener("case-changed", () => canEdit() || refresh());

hold();
setInterval(hold, HEARTBEAT_MS, BACKGROUND);
addEventListener("pagehide", () => canEdit() && post(url("release"), {}, {keepalive: true}));

start().then(() => {
  settle(null, 0);
  if (nextPicture) new Image().src = nextPicture;
});
