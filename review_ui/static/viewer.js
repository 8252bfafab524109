// The left half of the case page: documents, pages, and the light on the places a value was read from.

import {ask} from "./net.js";
import {lay, turnRight, zoomBy} from "./paper.js";

const SVG = "http://www.w3.org/2000/svg";

const sheet = document.getElementById("sheet");
const pages = document.getElementById("pages");
const evidence = document.getElementById("evidence");
const tabs = () => [...document.querySelectorAll("#viewer [data-doc]")];
const cache = new Map();
const at = {doc: null, page: 0};
let wanted = "";
let pointed = 0;               // how often something was pointed at

/** The page that is shown: {doc, page}. */
export const shownPage = () => ({doc: at.doc, page: at.page});

/** "doc page l t r b;…" as objects. */
export function parsePlaces(text) {
  return (text ?? "").split(";").filter(Boolean).map((part) => {
    const [doc, page, ...box] = part.split(" ").map(Number);
    return {doc, page, box};
  });
}

const boxOf = (word) => word.dataset.box.split(" ").map(Number);
const words = () => [...sheet.querySelectorAll("[data-word]")];
const overlaps = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
/** Whether a page of paper is shown, which has places one can draw on. */
export const isPaper = () => Boolean(sheet.querySelector("[data-kind=paper]"));

async function load(doc, page) {
  const url = `/documents/${doc}/pages/${page}`;
  if (!cache.has(url)) cache.set(url, ask(url).then((answer) => answer?.text()));
  const html = await cache.get(url);
  if (html === undefined) cache.delete(url);
  return html;
}

/** Show a page of a document; resolves when it stands. A later call wins, and so does the page that stands already. */
export async function showPage(doc, page) {
  const mine = (wanted = `${doc}/${page}`);
  if (doc === at.doc && page === at.page) return;
  const html = await load(doc, page);
  if (html === undefined || wanted !== mine) return;
  Object.assign(at, {doc, page});
  sheet.innerHTML = html;
  sheet.scrollTo(0, 0);
  paintTools();
  lay(doc);
  sheet.dispatchEvent(new CustomEvent("page-shown", {bubbles: true}));
}

function paintTools() {
  const tab = tabs().find((t) => Number(t.dataset.doc) === at.doc);
  for (const t of tabs()) t.setAttribute("aria-selected", t === tab);
  const count = Number(tab?.dataset.pages ?? 0);
  const buttons = count > 1 ? Array.from({length: count}, (_, n) => {
    const button = Object.assign(document.createElement("button"), {type: "button", textContent: n + 1, title: `${pages.dataset.one} ${n + 1}`});
    button.dataset.page = n;
    button.setAttribute("aria-current", n === at.page);
    return button;
  }) : [];
  pages.replaceChildren(...buttons);
  document.getElementById("original").href = `/documents/${at.doc}/original`;
}

/** The next (+1) or previous (−1) page of the document. */
export function turnPage(step) {
  const target = pages.querySelector(`[data-page="${at.page + step}"]`);
  if (target) showPage(at.doc, at.page + step);
}

/** Mark the places that feed a value, for all values of the order: [{path, places}]. */
export function markUsed(values) {
  const all = values.flatMap(({path, places}) =>
    parsePlaces(places).filter((p) => p.doc === at.doc && p.page === at.page).map((p) => ({path, box: p.box})));
  const here = [...new Map(all.reverse().map((mark) => [String(mark.box), mark])).values()];   // the first value keeps the place
  sheet.querySelector(".marks")?.replaceChildren(...here.map(({path, box}) => mark(path, box)));
  if (isPaper()) return;
  for (const word of words()) {
    const found = here.find(({box}) => overlaps(boxOf(word), box));
    word.classList.toggle("used", Boolean(found));
    if (found) word.dataset.feeds = found.path; else delete word.dataset.feeds;
  }
}

function mark(path, [left, top, right, bottom]) {
  const rect = document.createElementNS(SVG, "rect");
  const sides = {x: left - 1, y: top - 1, width: right - left + 2, height: bottom - top + 2, rx: 1.5};
  for (const [name, value] of Object.entries(sides)) rect.setAttribute(name, value);
  rect.dataset.feeds = path;
  return rect;
}

function light(places) {
  const boxes = places.filter((p) => p.doc === at.doc && p.page === at.page).map((p) => p.box);
  const lit = isPaper() ? [...sheet.querySelectorAll(".marks rect")] : words();
  for (const old of sheet.querySelectorAll(".lit")) old.classList.remove("lit");
  const found = isPaper()
    ? boxes.map((box) => lit.find((r) => near(r, box)) ?? sheet.querySelector(".marks").appendChild(mark("", box)))
    : lit.filter((word) => boxes.some((box) => overlaps(boxOf(word), box)));
  for (const element of found) element.classList.add("lit");
  return found[0];
}

const near = (rect, box) => Math.abs(Number(rect.getAttribute("x")) + 1 - box[0]) < 0.5 && Math.abs(Number(rect.getAttribute("y")) + 1 - box[1]) < 0.5;

/** Light up where a value stands and say where it comes from; `turn` also opens its page. */
export async function pointAt({places = "", note = ""}, {turn = false} = {}) {
  const mine = (pointed += 1);
  const found = parsePlaces(places);
  evidence.textContent = note;
  const elsewhere = found.length && !found.some((p) => p.doc === at.doc && p.page === at.page);
  if (elsewhere && turn) await showPage(found[0].doc, found[0].page);
  if (mine !== pointed) return;               // meanwhile the person went on
  light(found)?.scrollIntoView({block: turn ? "center" : "nearest", inline: "nearest"});
}

/** The value's path that the clicked place feeds, if any. */
export function fedPath(target) {
  if (target.dataset?.feeds) return target.dataset.feeds;
  if (!isPaper() || !target.matches?.("[data-word]")) return null;
  const box = boxOf(target);
  const hit = [...sheet.querySelectorAll(".marks rect")].find((r) => {
    const [x, y, w, h] = ["x", "y", "width", "height"].map((n) => Number(r.getAttribute(n)));
    return r.dataset.feeds && overlaps(box, [x + 1, y + 1, x + w - 1, y + h - 1]);
  });
  return hit?.dataset.feeds ?? null;
}

const atWord = () => sheet.querySelector(".at-word");

/** The next (+1) or previous (−1) word of the page becomes the word at hand. */
export function walkWord(step) {
  const all = words();
  const from = atWord() ?? sheet.querySelector("[data-word].lit") ?? null;
  const to = all[from ? Math.min(Math.max(all.indexOf(from) + step, 0), all.length - 1) : 0];
  from?.classList.remove("at-word");
  to?.classList.add("at-word");
  to?.scrollIntoView({block: "nearest", inline: "nearest"});
  if (to) evidence.textContent = to.dataset.text ?? to.textContent;
}

/** The word at hand as `capture` gives it, or null. */
export const wordAtHand = () => (atWord() ? capture(atWord(), atWord()) : null);

/** What stands between two words (or on one): {text, places, kind}, in reading order. */
export function capture(from, to) {
  const [a, b] = [boxOf(from), boxOf(to)];
  const area = [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
  return taken(from === to ? [from] : words().filter((word) => overlaps(boxOf(word), area)));
}

/** The same of the words whose middle lies in a region [left, top, right, bottom]; null when there is none. */
export function captureRegion(region) {
  const inside = words().filter((word) => {
    const [left, top, right, bottom] = boxOf(word);
    const [x, y] = [(left + right) / 2, (top + bottom) / 2];
    return region[0] <= x && x <= region[2] && region[1] <= y && y <= region[3];
  });
  return inside.length ? taken(inside) : null;
}

/** Show a region that is being drawn on the paper; null: none any more. */
export function showRegion(region) {
  sheet.querySelector(".region")?.remove();
  if (!region) return;
  const [left, top, right, bottom] = region;
  const rect = document.createElementNS(SVG, "rect");
  for (const [name, value] of Object.entries({class: "region", x: left, y: top, width: right - left, height: bottom - top})) rect.setAttribute(name, value);
  sheet.querySelector(".paper svg").append(rect);
}

function taken(inside) {
  return {
    text: inside.map((word) => word.dataset.text ?? word.textContent).join(" ").trim(),
    places: inside.map((word) => `${at.doc} ${at.page} ${word.dataset.box}`).join(";"),
    kind: sheet.querySelector("[data-kind]").dataset.kind,
  };
}

document.getElementById("viewer").addEventListener("click", (event) => {
  const tab = event.target.closest("[data-doc]");
  const page = event.target.closest("#pages [data-page]");
  const what = event.target.closest("[data-do]")?.dataset.do;
  if (tab) showPage(Number(tab.dataset.doc), 0);
  if (page) showPage(at.doc, Number(page.dataset.page));
  if (what === "zoom-in") zoomBy(1);
  if (what === "zoom-out") zoomBy(-1);
  if (what === "turn") turnRight();
});

/** Show the first document. */
export async function start() {
  const [first] = tabs();
  if (first) await showPage(Number(first.dataset.doc), 0);
}
