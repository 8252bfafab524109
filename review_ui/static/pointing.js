// Values and their places on the page, both ways: what has the focus is lit up, and words of the page go into fields.

import {reveal} from "./details.js";
import {captureTarget, correct, field, save, url, valued} from "./desk.js";
import {onPaper} from "./paper.js";
import {openPicker} from "./picker.js";
import {capture, captureRegion, fedPath, isPaper, markUsed, pointAt, showRegion} from "./viewer.js";

const sheet = document.getElementById("sheet");
const NAMES_ITEMS = ["item", "buyer_sku", "supplier_sku", "gtin", "mpn", "description"];
const CLICK = 4;               // pixels within which a press is a click
let from = null;               // where the mouse was pressed while a field waited: {x, y, word}
let isTaking = false;          // the press that ends now was for that field

/** Light up where an element's value stands; a question shows its field's place when it has none of its own. */
export function point(element, options) {
  const own = element.dataset.places ? element : field(element.dataset.path) ?? element;
  pointAt({places: own.dataset.places, note: element.dataset.note || own.dataset.note}, options);
}

const mark = () => markUsed(valued().map((e) => ({path: e.dataset.path, places: e.dataset.places})));

/** Put what was captured into a field and save it with its place. For an item it is looked up: the one it names is taken, among
several one chooses. */
export function takeInto(input, found) {
  if (input.matches("[data-pick]")) {
    const {path} = input.dataset;
    openPicker({anchor: input, url: url("choices"), path, wanted: found.text, take: (value) => correct(path, value, found)});
    return;
  }
  input.value = found.text;
  save(input, found);
}

document.addEventListener("order-drawn", mark);
sheet.addEventListener("page-shown", mark);
document.addEventListener("focusin", (event) => {
  if (event.target.matches("#order [data-path]")) point(event.target, {turn: true});
});
document.addEventListener("mouseover", (event) => {
  const value = event.target.closest("#order [data-path]");
  if (value && !value.matches("[data-question]")) point(value, {});
});

/** What a press at a word goes into: an item takes none that is another kind of value already. */
function targetAt(word) {
  const target = captureTarget();
  const fed = word && fedPath(word);
  return target?.matches("[data-pick]") && fed && !NAMES_ITEMS.includes(fed.split(".").at(-1)) ? null : target;
}

function drawn(x, y) {
  if (Math.hypot(x - from.x, y - from.y) <= CLICK) return null;
  const [a, b] = [onPaper(from.x, from.y), onPaper(x, y)];
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[0], b[0]), Math.max(a[1], b[1])];
}

sheet.addEventListener("mousedown", (event) => {
  const word = event.target.closest("[data-word]");
  isTaking = Boolean(targetAt(word));
  if (event.button !== 0 || !isTaking || !(word || (isPaper() && event.target.closest(".paper")))) return;
  from = {x: event.clientX, y: event.clientY, word};
  event.preventDefault();          // the field keeps the focus
});
document.addEventListener("mousemove", (event) => {
  if (from && !from.word) showRegion(drawn(event.clientX, event.clientY));
});
document.addEventListener("mouseup", (event) => {
  if (!from) return;
  const word = event.target.closest?.("#sheet [data-word]");
  const region = from.word ? null : drawn(event.clientX, event.clientY);
  const found = from.word ? word && capture(from.word, word) : region && captureRegion(region);
  from = null;
  showRegion(null);
  if (found && captureTarget()) takeInto(captureTarget(), found);
});
sheet.addEventListener("click", async (event) => {
  if (!isTaking) (await reveal(fedPath(event.target)))?.focus();
});
