// Comments at their places: a marker at the field or on the page, which opens what is said there.

import {order, valued} from "./desk.js";
import {say} from "./net.js";
import {isPaper, parsePlaces, pointAt, shownPage} from "./viewer.js";

const SVG = "http://www.w3.org/2000/svg";
const GAP = 6;

const sheet = document.getElementById("sheet");
const talk = document.getElementById("talk");
const panel = document.getElementById("pinned");
const all = () => [...document.querySelectorAll("#comments li[data-at]")];
const open = () => all().filter((li) => !li.classList.contains("is-settled"));
const markers = () => [...document.querySelectorAll(".pin")];
const valueAt = (path) => valued().find((e) => e.dataset.path === path && !e.matches("[data-question]"));
const marked = (at) => markers().find((button) => button.dataset.at === at);

/** The open comments, by the place they are pinned to. */
const byPlace = () => Map.groupBy(open(), (li) => li.dataset.at);

function marker(at, comments) {
  const button = Object.assign(document.createElement("button"), {type: "button", className: "pin"});
  const [svg, use] = [document.createElementNS(SVG, "svg"), document.createElementNS(SVG, "use")];
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", "#i-talk");
  svg.append(use);
  button.append(svg);
  const [author, text] = comments[0].querySelectorAll("strong, p + p");
  const label = `${panel.dataset.label}: ${author.textContent}: ${text.textContent.slice(0, 80)}`;
  button.setAttribute("aria-label", label);
  button.title = label;
  button.dataset.at = at;
  button.dataset.count = comments.length;      // shown by the stylesheet: on a page of text the word's own text stays as it is
  return button;
}

function paintFields() {
  for (const old of order().querySelectorAll(".pin")) old.remove();
  for (const [at, comments] of byPlace()) {
    const value = "onPage" in comments[0].dataset ? null : valueAt(at);
    const cell = value?.closest(".value");
    if (cell) cell.append(marker(at, comments));
    else value?.after(marker(at, comments));
  }
  const count = document.getElementById("open-comments");
  const said = document.querySelectorAll("#comments li[data-comment]:not(.is-settled)").length;
  if (count) Object.assign(count, {textContent: said || "", hidden: !said});
}

/** Where a box of the page begins: on paper a share of the picture, else the word that stands there. */
function put(button, [left, top, right, bottom]) {
  if (isPaper()) {
    const {width, height} = sheet.querySelector(".paper svg").viewBox.baseVal;
    button.style.left = `${Math.min((right / width) * 100, 100)}%`;
    button.style.top = `${Math.min((top / height) * 100, 100)}%`;
    return sheet.querySelector(".paper").append(button);
  }
  const word = [...sheet.querySelectorAll("[data-word]")].find((w) => {
    const [l, t, r, b] = w.dataset.box.split(" ").map(Number);
    return l < right && left < r && t < bottom && top < b;
  });
  word?.append(button);
}

function paintPage() {
  for (const old of sheet.querySelectorAll(".pin")) old.remove();
  const {doc, page} = shownPage();
  for (const [at, comments] of byPlace()) {
    if (!("onPage" in comments[0].dataset)) continue;
    const [place] = parsePlaces(at);
    if (place.doc === doc && place.page === page) put(marker(at, comments), place.box);
  }
}

/** Put into the panel what is said at a marker's place, and lay the panel beside it. */
function fill(button) {
  const said = byPlace().get(button.dataset.at) ?? [];
  const copies = said.map((li) => li.cloneNode(true));
  for (const go of copies.flatMap((li) => [...li.querySelectorAll("[data-go]")])) go.remove();
  panel.dataset.at = button.dataset.at;
  const list = panel.querySelector("ol");
  const isSame = copies.length === list.children.length && copies.every((copy, n) => copy.isEqualNode(list.children[n]));
  if (!isSame) list.replaceChildren(...copies);
  if (!panel.matches(":popover-open")) panel.showPopover();
  const place = button.getBoundingClientRect();
  const isBelow = innerHeight - place.bottom > panel.offsetHeight + GAP;
  panel.style.left = `${Math.max(Math.min(place.left, innerWidth - panel.offsetWidth - GAP), GAP)}px`;
  panel.style.top = `${isBelow ? place.bottom + GAP : Math.max(place.top - panel.offsetHeight - GAP, GAP)}px`;
}

function show(button) {
  fill(button);
  panel.focus();
}

/** The place whose marker has the focus. */
const markerAtHand = () => (document.activeElement?.matches(".pin") ? document.activeElement.dataset.at : null);

/** Draw the markers anew; the panel one reads, and the focus, stay where they were. */
function paint() {
  const focused = document.activeElement;
  const [at, isInside] = [markerAtHand(), panel.contains(focused)];
  const isRead = panel.matches(":popover-open");
  paintFields();
  paintPage();
  if (at) marked(at)?.focus();
  if (!isRead) return;
  const button = marked(panel.dataset.at);
  if (!button) return panel.hidePopover();
  fill(button);
  if (isInside && !focused.isConnected) (panel.querySelector(`[data-resolve="${focused.dataset.resolve}"]`) ?? panel).focus();
}

/** Show the place a comment is pinned to, and what is said there. */
async function go(li) {
  const {at} = li.dataset;
  talk.close();
  if ("onPage" in li.dataset) await pointAt({places: at, note: li.querySelector("p + p").textContent}, {turn: true});
  const value = "onPage" in li.dataset ? null : valueAt(at);
  value?.focus();
  const button = marked(at);
  (button ?? value)?.scrollIntoView({block: "center", inline: "nearest"});
  if (button) show(button);
  else if (!value && !("onPage" in li.dataset)) say(panel.dataset.gone, "ask");
}

/** The comment that the page's address asks for, as a mention's link does. */
export async function openAsked() {
  const asked = new URLSearchParams(location.search).get("comment");
  const li = asked && [...document.querySelectorAll("#comments li[data-comment]")].find((each) => each.dataset.comment === asked);
  if (li?.dataset.at) await go(li);
  else if (li) talk.showModal();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest(".pin");
  const wanted = event.target.closest("[data-go]")?.closest("li");
  if (button) show(button);
  if (wanted) go(wanted);
});
// A marker lies on a word of the page, and is not the word.
for (const kind of ["mousedown", "mouseup", "click"]) {
  sheet.addEventListener(kind, (event) => {
    if (!event.target.closest(".pin")) return;
    event.stopPropagation();
    if (kind === "click") show(event.target.closest(".pin"));
  }, {capture: true});
}
// The order is drawn without its markers: who had come to one is on it again.
let before = null;
document.addEventListener("order-drawing", () => {
  before = order().contains(document.activeElement) ? markerAtHand() : null;
});
document.addEventListener("order-drawn", () => {
  paintFields();
  if (before) marked(before)?.focus();
});
sheet.addEventListener("page-shown", paintPage);
document.addEventListener("comments-shown", paint);
paintFields();
