// A table drawn on the page, by mouse or keyboard: its region and the lines between its columns; the rows in it are shown, and taken.

import {change, flush, url} from "./desk.js";
import {post} from "./net.js";
import {onPaper} from "./paper.js";
import {isPaper, shownPage} from "./viewer.js";

const SVG = "http://www.w3.org/2000/svg";
const STEP = 8;                // points a key moves a corner
const FINE = 3;                // points a key moves a line between columns, and how near to it the mouse takes hold
const SETTLED_MS = 120;

const sheet = document.getElementById("sheet");
const panel = document.getElementById("drawn");
const body = document.getElementById("drawn-body");
const grip = document.getElementById("drawn-grip");
let table = null;              // {box, cuts, kinds}; the server finds the cuts and kinds until a person says otherwise (areOurs)
const FOUND = {cuts: [], kinds: [], cutsAreOurs: false, kindsAreOurs: false};
let drag = null;
let due = 0;

const svg = () => sheet.querySelector(".paper svg");
const instead = () => body.querySelector("[name=instead]");
const selects = () => [...body.querySelectorAll("select[data-column]")];
const bounded = (n, low, high) => Math.min(Math.max(n, low), high);

/** The page's size in points. */
const size = () => svg().viewBox.baseVal;

/** All words of the page, a little around them. */
function around() {
  const boxes = [...sheet.querySelectorAll("[data-word]")].map((w) => w.dataset.box.split(" ").map(Number));
  const side = (n, pick, more) => pick(...boxes.map((box) => box[n])) + more;
  return boxes.length ? [side(0, Math.min, -4), side(1, Math.min, -4), side(2, Math.max, 4), side(3, Math.max, 4)]
    : [0, 0, size().width, size().height];
}

function shape(name, values) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(values)) element.setAttribute(key, value);
  return element;
}

function paint() {
  svg()?.querySelector(".drawn")?.remove();
  if (!table) return;
  const [left, top, right, bottom] = table.box;
  const layer = shape("g", {class: "drawn"});
  layer.append(shape("rect", {x: left, y: top, width: right - left, height: bottom - top}));
  for (const x of table.cuts) layer.append(shape("line", {x1: x, x2: x, y1: top, y2: bottom}));
  svg().append(layer);
}

function fields() {
  const {doc, page} = shownPage();
  const out = {document: doc, page, box: table.box.map((n) => n.toFixed(1)).join(" ")};
  if (table.cutsAreOurs) out.cuts = table.cuts.join(" ") || "none";
  if (table.kindsAreOurs) out.kinds = table.kinds.join(",");
  return out;
}

/** Show what would be read; the focus and what is ticked stay as they are when it comes. */
async function preview() {
  const asked = table;
  panel.setAttribute("aria-busy", "true");
  const answer = await post(url("drawn/preview"), fields());
  const html = await answer?.text();
  if (table !== asked) return;
  panel.removeAttribute("aria-busy");
  if (!html) return;
  const held = body.contains(document.activeElement) ? document.activeElement.id : null;
  const isInstead = instead()?.checked;
  body.innerHTML = html;
  if (isInstead) instead().checked = true;
  const cuts = body.querySelector("[data-cuts]").dataset.cuts;
  table.cuts = cuts ? cuts.split(" ").map(Number) : [];
  table.kinds = selects().map((select) => select.value);
  paint();
  if (held === null) return;
  const same = document.getElementById(held);
  (same && !same.disabled ? same : grip).focus();
}

/** Something of the drawing is another now: draw it, and read it when it rests. */
function changed(what) {
  table = {...table, ...what};
  paint();
  clearTimeout(due);
  due = setTimeout(preview, SETTLED_MS);
}

const recut = (cuts, kinds) =>
  changed({cuts: cuts.sort((a, b) => a - b), kinds, cutsAreOurs: true, kindsAreOurs: true});

/** Begin: all of the page's words, until somebody says where the table is. */
export async function drawTable() {
  await flush();
  panel.hidden = false;
  changed({...FOUND, box: around()});
  grip.focus();
}

function close() {
  clearTimeout(due);
  table = drag = null;
  paint();
  panel.hidden = true;
  body.replaceChildren();
  sheet.focus();
}

async function take() {
  clearTimeout(due);
  if (await change("drawn", {...fields(), instead: instead()?.checked ?? false})) close();
}

// --- keys: the corners of the region, and the columns -----------------------------------------------------------------------

const ARROWS = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};

function moveCorner(event) {
  const [dx, dy] = ARROWS[event.key].map((n) => n * STEP);
  const [left, top, right, bottom] = table.box;
  const {width, height} = size();
  if (event.shiftKey) changed({box: [bounded(left + dx, 0, right - STEP), bounded(top + dy, 0, bottom - STEP), right, bottom]});
  else changed({box: [left, top, bounded(right + dx, left + STEP, width), bounded(bottom + dy, top + STEP, height)]});
}

/** What is shown is what was drawn: not while it is read anew. */
const isShown = () => table.kinds.length === selects().length;

/** Each kind is that of one column: whoever had it before is left out. */
function setKind(column, kind) {
  const kinds = table.kinds.map((old, n) => (n === column ? kind : old === kind ? "" : old));
  selects().forEach((select, n) => { select.value = kinds[n]; });
  changed({kinds, kindsAreOurs: true});
}

function inColumn(event, select) {
  const column = Number(select.dataset.column);
  const cuts = [...table.cuts];
  const kinds = [...table.kinds];
  if (/^\d$/.test(event.key)) {
    setKind(column, select.options[Number(event.key)].value);
    (selects()[column + 1] ?? select).focus();
  } else if (event.key === "Delete" && column > 0) {
    kinds.splice(column, 1);
    recut(cuts.toSpliced(column - 1, 1), kinds);
    selects()[column - 1].focus();
  } else if (event.key === "+") {
    const [left, , right] = table.box;
    kinds.splice(column + 1, 0, "");
    recut([...cuts, ((cuts[column - 1] ?? left) + (cuts[column] ?? right)) / 2], kinds);
  } else if (event.shiftKey && column > 0 && /^Arrow(Left|Right)$/.test(event.key)) {
    recut(cuts.with(column - 1, cuts[column - 1] + ARROWS[event.key][0] * FINE), kinds);
  } else if (/^Arrow(Left|Right)$/.test(event.key)) {
    selects()[column + ARROWS[event.key][0]]?.focus();
  } else return false;
  return true;
}

panel.addEventListener("keydown", (event) => {
  event.stopPropagation();               // the keys of the page behind rest while a table is drawn
  const select = event.target.closest("select[data-column]");
  const isDone = event.target === grip && ARROWS[event.key] ? (moveCorner(event), true) : select && isShown() && inColumn(event, select);
  if (isDone) event.preventDefault();
  else if (event.key === "Escape") close();
  else if (event.key === "Enter" && !event.target.closest("button[data-drawn]")) {
    event.preventDefault();
    take();
  }
});
panel.addEventListener("change", (event) => {
  const select = event.target.closest("select[data-column]");
  if (select) setKind(Number(select.dataset.column), select.value);
});
panel.addEventListener("click", (event) => {
  const what = event.target.closest("[data-drawn]")?.dataset.drawn;
  if (what === "take") take();
  if (what === "close") close();
});

// --- the mouse: drag a region, drag a line, double-click to part a column or to take a line away -----------------------------

const pointOn = (event) => onPaper(event.clientX, event.clientY);

function cutNear([x, y]) {
  const [, top, , bottom] = table.box;
  return y < top || y > bottom ? -1 : table.cuts.findIndex((cut) => Math.abs(cut - x) <= FINE);
}

/** Only while a table is drawn: the page's words are not taken into fields then. */
const whileDrawing = (act) => (event) => {
  if (!table || !isPaper() || !event.target.closest(".paper")) return;
  event.preventDefault();
  event.stopPropagation();
  act(event);
};

sheet.addEventListener("mousedown", whileDrawing((event) => {
  const at = pointOn(event);
  drag = {from: at, cut: cutNear(at)};
}), true);
addEventListener("mousemove", (event) => {
  if (!drag) return;
  const [x, y] = pointOn(event);
  if (drag.cut >= 0) {
    table.cuts[drag.cut] = x;
    paint();
  } else if (Math.abs(x - drag.from[0]) > FINE && Math.abs(y - drag.from[1]) > FINE) {
    table.box = [Math.min(x, drag.from[0]), Math.min(y, drag.from[1]), Math.max(x, drag.from[0]), Math.max(y, drag.from[1])];
    drag.isBox = true;
    paint();
  }
});
addEventListener("mouseup", () => {
  const was = drag;
  drag = null;
  if (was?.cut >= 0) recut([...table.cuts], table.kinds);
  else if (was?.isBox) changed({...FOUND, box: table.box});
  if (was) grip.focus();
}, true);
sheet.addEventListener("mouseup", whileDrawing(() => {}), true);
sheet.addEventListener("click", whileDrawing(() => {}), true);
sheet.addEventListener("dblclick", whileDrawing((event) => {
  const at = pointOn(event);
  const near = cutNear(at);
  const kinds = [...table.kinds];
  const column = table.cuts.filter((cut) => cut < at[0]).length;
  if (near >= 0) kinds.splice(near + 1, 1);
  else kinds.splice(column + 1, 0, "");
  recut(near >= 0 ? table.cuts.toSpliced(near, 1) : [...table.cuts, at[0]], kinds);
}), true);

// Another page is another table.
sheet.addEventListener("page-shown", () => table && close());
