// The case page: which key and which button does what. The parts each have a module of their own.

import {prepare} from "./ahead.js";
import {approve, askReject, askRegroup, askWhy} from "./decisions.js";
import {canApprove, canEdit, captureTarget, change, correct, field, focusedInput, leaveField, order, reload, url} from "./desk.js";
import {toggleHeader, toggleLine} from "./details.js";
import {drawTable} from "./drawn.js";
import {doInGrid, gridKeys} from "./grid.js";
import {toggleHistory} from "./history.js";
import {bindKeys} from "./keys.js";
import {post} from "./net.js";
import {turnRight, zoomBy} from "./paper.js";
import {openPicker} from "./picker.js";
import {openAsked} from "./pins.js";
import {takeInto} from "./pointing.js";
import {answer, askedField, choices, current, edit, lineAtHand, postpone, questions, setCurrent, settle, step} from "./questions.js";
import {isPaper, start, turnPage, walkWord, wordAtHand} from "./viewer.js";
import "./lease.js";
import "./pinning.js";
import "./steady.js";

function pick(anchor) {
  openPicker({anchor, url: url("choices"), path: anchor.dataset.path, take: (value) => correct(anchor.dataset.path, value)});
}

/** Search where the question is: the customer or address it asks for, else the item of the line at hand. */
function search() {
  const asked = askedField();
  const anchor = asked?.matches("[data-pick]") ? asked : lineAtHand()?.querySelector("[data-pick]");
  const found = anchor ?? order().querySelector(".lines [data-pick]:not(:disabled)");
  if (found) pick(found);
}

function addLine() {
  openPicker({
    anchor: document.getElementById("add-line"), url: url("choices"), path: "lines.new", take: (value) => correct("lines.new", value)});
}

/** Where a word of the page goes: the field with the focus, else the one in question. */
const captureField = () => captureTarget() ?? (askedField()?.matches("input:not([readonly]), .lines [data-pick]") ? askedField() : null);
const ofLine = (name) => `lines.${lineAtHand()?.dataset.line}.${name}`;
/** The value at hand that was read in two ways. */
const doubtful = () => (document.activeElement?.closest("#order [data-path]") ?? askedField())?.closest("[data-other]");
const canDraw = () => canEdit() && isPaper();
const undo = () => change("undo", {});

const BUTTONS = {
  edit, approve, search, undo, reload, "add-line": addLine, reject: askReject, regroup: askRegroup, history: toggleHistory,
  "line-details": (button) => toggleLine(button.dataset.of), "header-more": toggleHeader,
  draw: () => canDraw() && drawTable(),
  "remove-line": (button) => change("rows", {change: JSON.stringify({kind: "remove", keys: [button.dataset.of]})}),
  "drop-unsaved": (button) => change("unsaved/drop", {path: button.dataset.of}),
  keep: (button) => change("rows", {change: button.dataset.keep}),
  revert: (button) => change("revert", {made: button.dataset.made, path: button.dataset.of}),
  reopen: () => post(url("reopen")),
  match: () => post(url("match")),
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const asking = button.closest("#rail [data-question]");
  if (asking) setCurrent(asking);
  if (BUTTONS[button.dataset.do]) BUTTONS[button.dataset.do](button);
  else if (doInGrid(button.dataset.do)) button.closest("details")?.removeAttribute("open");
  else if (button.dataset.set) correct(button.dataset.set, button.dataset.value);
  else if (asking && "choice" in button.dataset) answer(button);
  else if ("pick" in button.dataset) pick(button);
});

const onControl = (event) => event.target.closest?.("button, a, summary");
const canStep = (event) => questions().length && !onControl(event);
const canEditLine = () => canEdit() && lineAtHand();

bindKeys([
  {action: "approve", when: canApprove, run: approve},
  {action: "next-doubt", when: canStep, run: () => step(1)},
  {action: "previous-doubt", when: canStep, run: () => step(-1)},
  {action: "take-candidate", when: () => canEdit() && choices().length, run: (event) => answer(choices()[Number(event.key) - 1])},
  {action: "edit", when: () => canEdit() && askedField(), run: edit},
  {action: "search", when: canEdit, run: search},
  ...gridKeys(askedField),
  {action: "draw-table", when: canDraw, run: drawTable},
  {action: "our-price", when: () => canEditLine()?.querySelector("[data-contract]"),
    run: () => correct(ofLine("unit_price"), lineAtHand().querySelector("[data-contract]").dataset.contract)},
  {action: "their-price", when: () => canEdit() && field(ofLine("unit_price"))?.value, run: askWhy},
  {action: "unit-reading", when: () => canEditLine()?.dataset.otherUnit,
    run: () => correct(ofLine("uom"), lineAtHand().dataset.otherUnit)},
  {action: "other-reading", when: () => canEdit() && doubtful(), run: () => correct(doubtful().dataset.path, doubtful().dataset.other)},
  {action: "postpone", when: () => questions().length > 1, run: postpone},
  {action: "previous-word", run: () => walkWord(-1)},
  {action: "next-word", run: () => walkWord(1)},
  {action: "take-word", when: () => canEdit() && captureField() && wordAtHand(), run: () => takeInto(captureField(), wordAtHand())},
  {action: "line-details", when: lineAtHand, run: () => toggleLine(lineAtHand().dataset.line)},
  {action: "header-details", when: () => order().querySelector("[data-do=header-more]"), run: toggleHeader},
  {action: "leave-out", when: canEditLine, run: () => correct(ofLine("state"), "rejected")},
  {action: "confirm-line", when: canEditLine, run: () => correct(ofLine("state"), "confirmed")},
  {action: "add-line", when: canEdit, run: addLine},
  {action: "undo", when: () => canEdit() && order().querySelector("[data-do=undo]"), run: undo},
  {action: "reject", when: canApprove, run: askReject},
  {action: "history", run: toggleHistory},
  {action: "larger", run: () => zoomBy(1)},
  {action: "smaller", run: () => zoomBy(-1)},
  {action: "turn-page", when: isPaper, run: turnRight},
  {action: "next-page", run: () => turnPage(1)},
  {action: "previous-page", run: () => turnPage(-1)},
  {action: "leave-field", when: focusedInput, run: leaveField},
]);

start().then(settle).then(openAsked).then(prepare);
