// The rows of the order: cells by arrow keys, and everything that changes several rows at once. The server does each as one version.

import * as desk from "./desk.js";
import {post} from "./net.js";
import {openPicker} from "./picker.js";

const NUMBERS = ["quantity", "unit_price", "amount"];
const CODES = ["buyer_sku", "supplier_sku", "gtin", "mpn", "description"];
const SHIFTS = [...NUMBERS, ...CODES, "uom", "requested_date"];
const CELLS = "[data-line]:not(.is-out) [data-path]";

let asked = () => null;
let last = "";

const lines = () => document.querySelector("#order .lines");
const rows = () => [...lines()?.querySelectorAll("[data-line]:not(.is-out)") ?? []];
const fieldOf = (cell) => cell?.dataset.path.split(".")[2];
const keyOf = (cell) => cell?.closest("[data-line]")?.dataset.line;

/** The cell at hand: the one with the focus, else the one in question, else the last that had the focus. */
function cell() {
  const focused = document.activeElement?.closest?.(CELLS);
  return focused ?? asked()?.closest?.(CELLS) ?? document.getElementById(last)?.closest(CELLS) ?? null;
}

const twin = (of, row) => row?.querySelector(`[data-path="lines.${row.dataset.line}.${fieldOf(of)}"]`);

function neighbour(of, step) {
  const all = rows();
  return twin(of, all[all.indexOf(of.closest("[data-line]")) + step]);
}

function go(step) {
  const to = neighbour(cell(), step);
  to?.focus();
  to?.select?.();
}

/** Change rows; the cell at hand keeps the focus, in its row wherever that goes. */
async function change(what) {
  const at = cell()?.id;
  await desk.flush();
  const done = await desk.change("rows", {change: JSON.stringify(what)});
  if (done && at) document.getElementById(at)?.focus();
  return done;
}

const besides = (field, step) => {
  const group = [NUMBERS, CODES].find((names) => names.includes(field)) ?? [];
  return group[group.indexOf(field) + step];
};

function insertRow() {
  const after = keyOf(cell());
  openPicker({
    anchor: document.getElementById(`v-lines-${after}-item`) ?? document.getElementById("add-line"), url: desk.url("choices"),
    path: "lines.new", take: (text) => change({kind: "insert", text, after})});
}

const can = (test = () => true) => () => desk.canEdit() && cell() && test(cell());
const shifts = (by) => ({
  when: can((c) => SHIFTS.includes(fieldOf(c))), run: () => change({kind: "shift", field: fieldOf(cell()), by})});
const swaps = (step) => ({
  when: can((c) => besides(fieldOf(c), step)),
  run: () => change({kind: "swap", field: fieldOf(cell()), other: besides(fieldOf(cell()), step)})});
const moves = (by) => ({when: can(), run: () => change({kind: "move", key: keyOf(cell()), by})});
const isFocused = (c) => c === document.activeElement;

const ACTIONS = {
  "cell-above": {when: can((c) => isFocused(c) && neighbour(c, -1)), run: () => go(-1)},
  "cell-below": {when: can((c) => isFocused(c) && neighbour(c, 1)), run: () => go(1)},
  "fill-down": {
    when: can((c) => neighbour(c, -1)),
    run: () => change({kind: "fill", source: keyOf(neighbour(cell(), -1)), field: fieldOf(cell()), targets: [keyOf(cell())]})},
  "fill-all": {
    when: can((c) => neighbour(c, 1)), run: () => change({kind: "fill", source: keyOf(cell()), field: fieldOf(cell())})},
  "row-up": moves(-1), "row-down": moves(1),
  "remove-row": {when: can(), run: () => change({kind: "remove", keys: [keyOf(cell())]})},
  "split-row": {when: can(), run: () => change({kind: "split", key: keyOf(cell())})},
  "merge-row": {when: can(), run: () => change({kind: "merge", key: keyOf(cell())})},
  "column-up": shifts(-1), "column-down": shifts(1), "column-left": swaps(-1), "column-right": swaps(1),
  "insert-row": {when: can(), run: insertRow},
};

/** The grid's entries for the table of keys. `inQuestion` gives the value that the question at hand is about. */
export function gridKeys(inQuestion) {
  asked = inQuestion;
  return Object.entries(ACTIONS).map(([action, acts]) => ({action, ...acts}));
}

/** Do what a button of the row menu says; false when it is none of them, or cannot be done here. */
export function doInGrid(name) {
  const action = ACTIONS[name];
  if (action?.when()) action.run();
  return Boolean(action);
}

document.addEventListener("focusin", (event) => {
  const found = event.target.closest?.(`#order ${CELLS}`);
  if (found?.id) last = found.id;
});

// --- cells from a spreadsheet -----------------------------------------------------------------------------------------

const isTable = (text) => /\t|\n[^\n]/.test(text.trimEnd());

document.addEventListener("paste", async (event) => {
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!desk.canEdit() || !isTable(text) || event.target.closest?.("textarea, dialog, .picker")) return;
  event.preventDefault();
  const at = document.activeElement?.closest?.(CELLS);
  await preview({text, at: keyOf(at) ?? "", field: fieldOf(at) ?? ""});
});

/** Show a table of cells with what each column would be, and lay it over the rows when that is agreed to. */
async function preview(cells) {
  await desk.flush();
  const answer = await post(desk.url("pasted"), cells);
  if (!answer) return;
  const dialog = document.getElementById("pasted");
  dialog.innerHTML = await answer.text();
  dialog.returnValue = "";
  dialog.showModal();
}

document.getElementById("pasted")?.addEventListener("close", (event) => {
  const dialog = event.target;
  if (dialog.returnValue !== "paste") return;
  const columns = [...dialog.querySelectorAll("thead select")].map((select) => select.value);
  const cells = [...dialog.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("td")].map((td) => td.textContent));
  const at = dialog.querySelector("[name=at]:checked")?.value || null;
  change({kind: "paste", columns, rows: cells, at});
});
