// Pinning a comment to a place on the page: by mouse a click or a rectangle, by keyboard the word at hand.

import {commentOn} from "./handling.js";
import {bindKeys} from "./keys.js";
import {onPaper} from "./paper.js";
import {capture, isPaper, parsePlaces, shownPage, wordAtHand} from "./viewer.js";

const AROUND = 6;              // points around a click where there is no word
const CLICK = 4;               // pixels within which a press is a click

const sheet = document.getElementById("sheet");
const button = document.querySelector("#viewer [data-do=pin]");
const evidence = document.getElementById("evidence");
let from = null;               // where the mouse was pressed: {x, y, word}

const isOn = () => button?.getAttribute("aria-pressed") === "true";

function turn(on) {
  button.setAttribute("aria-pressed", on);
  sheet.classList.toggle("is-pinning", on);
  from = null;
  evidence.textContent = on ? button.dataset.hint : "";
}

/** One box around several places of a page. */
function around(places) {
  const boxes = parsePlaces(places).map((place) => place.box);
  const side = (n, pick) => pick(...boxes.map((box) => box[n]));
  return [side(0, Math.min), side(1, Math.min), side(2, Math.max), side(3, Math.max)];
}

function take(box, {kind, text}) {
  const {doc, page} = shownPage();
  turn(false);
  commentOn({place: [doc, page, ...box.map((n) => Math.round(n * 100) / 100)].join(" "), kind, label: text});
}

function drawn(x, y) {
  const [a, b] = [onPaper(from.x, from.y), onPaper(x, y)];
  const isClick = Math.abs(x - from.x) < CLICK && Math.abs(y - from.y) < CLICK;
  const more = isClick ? AROUND : 0;
  return [Math.min(a[0], b[0]) - more, Math.min(a[1], b[1]) - more, Math.max(a[0], b[0]) + more, Math.max(a[1], b[1]) + more];
}

function choose({clientX: x, clientY: y}) {
  const word = document.elementFromPoint(x, y)?.closest("#sheet [data-word]");
  if (from?.word && word) {
    const found = capture(from.word, word);
    take(around(found.places), found);
  } else if (from && isPaper()) take(drawn(x, y), {kind: "paper", text: ""});
}

for (const kind of ["mousedown", "mouseup", "click"]) {
  sheet.addEventListener(kind, (event) => {
    if (!isOn()) return;
    event.preventDefault();
    event.stopPropagation();
    if (kind === "mousedown") from = {x: event.clientX, y: event.clientY, word: event.target.closest("[data-word]")};
    if (kind === "click") choose(event);
  }, {capture: true});
}
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && isOn()) turn(false);
});

function pin() {
  const found = isOn() || !wordAtHand() ? null : wordAtHand();
  if (found) take(around(found.places), found);
  else turn(!isOn());
}

button?.addEventListener("click", () => turn(!isOn()));
bindKeys([{action: "pin", when: () => button && sheet.querySelector("[data-kind]"), run: pin}]);
