// Values and their places on the page, both ways: what has the focus is lit up, and words of the page go into fields.

import {reveal} from "./details.js";
import {field, focusedInput, save, valued} from "./desk.js";
import {capture, fedPath, markUsed, pointAt} from "./viewer.js";

const sheet = document.getElementById("sheet");
let pressed = null;

/** Light up where an element's value stands; a question shows its field's place when it has none of its own. */
export function point(element, options) {
  const own = element.dataset.places ? element : field(element.dataset.path) ?? element;
  pointAt({places: own.dataset.places, note: element.dataset.note || own.dataset.note}, options);
}

const mark = () => markUsed(valued().map((e) => ({path: e.dataset.path, places: e.dataset.places})));

/** Put what was captured into a field and save it with its place. */
export function takeInto(input, found) {
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
sheet.addEventListener("click", async (event) => {
  if (!focusedInput()) (await reveal(fedPath(event.target)))?.focus();
});
