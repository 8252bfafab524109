// A page of paper in the viewer: its size, which way up it lies, how finely it is drawn, and moving it with the mouse.

import {captureTarget} from "./desk.js";

const ZOOMS = [0.6, 0.8, 1, 1.25, 1.6, 2, 2.6];
const POINTS = 72;             // of an inch
const CLICK = 4;               // pixels within which a press is a click

const sheet = document.getElementById("sheet");
const turns = new Map();       // document → quarter turns to the right
let zoom = ZOOMS.indexOf(1);
let shown = null;              // the document whose page is shown
let held = null;               // where the mouse holds the page: {x, y, left, top}
let isMoved = false;           // the press that ends now moved the page

const paper = () => sheet.querySelector(".paper");
const svg = () => paper().querySelector("svg");
const turn = () => turns.get(shown) ?? 0;

/** The picture of the page as fine as the screen shows it; what is there stays until the finer one has come. */
async function sharpen(figure) {
  const image = figure.querySelector("img");
  const needed = (figure.clientWidth * devicePixelRatio * POINTS) / svg().viewBox.baseVal.width;
  const all = image.dataset.dpis.split(" ").map(Number);
  const dpi = all.find((n) => n >= needed) ?? all.at(-1);
  if (dpi <= Number(image.dataset.dpi ?? all[0])) return;
  image.dataset.dpi = dpi;
  const finer = Object.assign(new Image(), {src: `${image.dataset.src}?dpi=${dpi}`});
  await finer.decode().catch(() => null);
  if (finer.naturalWidth && Number(image.dataset.dpi) === dpi) image.src = finer.src;
}

function paint() {
  const figure = paper();
  if (!figure) return sheet.style.setProperty("--zoom", ZOOMS[zoom]);
  const {width, height} = svg().viewBox.baseVal;
  const across = ZOOMS[zoom] * 100;                    // shares of the viewer's width, whichever way up
  const wide = turn() % 2 ? (across * width) / height : across;
  const high = (wide * height) / width;
  const [beside, above] = turn() % 2 ? [(high - wide) / 2, (wide - high) / 2] : [0, 0];
  Object.assign(figure.style, {
    width: `${wide}%`, rotate: `${turn() * 90}deg`, marginBlock: `${above}%`, marginInline: `${Math.max(50 - wide / 2, beside)}% 0`});
  figure.querySelector("img").onerror = () => figure.classList.add("no-picture");
  sharpen(figure);
}

/** Show the page that stands in the viewer now as its document lies. */
export function lay(doc) {
  shown = doc;
  paint();
}

/** Larger (+1) or smaller (−1). */
export function zoomBy(step) {
  zoom = Math.min(Math.max(zoom + step, 0), ZOOMS.length - 1);
  paint();
}

/** Turn the document a quarter to the right. */
export function turnRight() {
  if (!paper()) return;
  turns.set(shown, (turn() + 1) % 4);
  paint();
}

/** A point of the window in points of the page, and on it. */
export function onPaper(x, y) {
  const seen = svg().getBoundingClientRect();
  const {width, height} = svg().viewBox.baseVal;
  const inside = (n) => Math.min(Math.max(n, 0), 1);
  const [across, down] = [inside((x - seen.left) / seen.width), inside((y - seen.top) / seen.height)];
  const [u, v] = [[across, down], [down, 1 - across], [1 - across, 1 - down], [1 - down, across]][turn()];
  return [u * width, v * height];
}

// The page is moved while the mouse holds it; not while it takes words into a field. The middle button moves it always.
sheet.addEventListener("mousedown", (event) => {
  isMoved = false;
  if (!event.target.closest(".paper") || event.target.closest(".pin") || !(event.button === 1 || (event.button === 0 && !captureTarget()))) return;
  held = {x: event.clientX, y: event.clientY, left: sheet.scrollLeft, top: sheet.scrollTop};
  event.preventDefault();
  if (!captureTarget()) sheet.focus({preventScroll: true});
});
document.addEventListener("mousemove", (event) => {
  if (!held) return;
  const [dx, dy] = [event.clientX - held.x, event.clientY - held.y];
  isMoved ||= Math.abs(dx) > CLICK || Math.abs(dy) > CLICK;
  if (isMoved) sheet.scrollTo(held.left - dx, held.top - dy);
  sheet.classList.toggle("is-held", isMoved);
});
document.addEventListener("mouseup", () => {
  held = null;
  sheet.classList.remove("is-held");
});
sheet.addEventListener("click", (event) => {
  if (isMoved) event.stopImmediatePropagation();
  isMoved = false;
}, {capture: true});
sheet.addEventListener("wheel", (event) => {
  if (!event.ctrlKey) return;
  event.preventDefault();
  zoomBy(event.deltaY < 0 ? 1 : -1);
}, {passive: false});
new ResizeObserver(() => paper() && sharpen(paper())).observe(sheet);
