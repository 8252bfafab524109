// A small list under a field: candidates, and a search in master data.

import {ask} from "./net.js";

const box = document.getElementById("picker");
const text = document.getElementById("picker-text");
const list = document.getElementById("picker-list");
let open = null;
let timer = 0;
let shownFor = null;           // the text whose candidates are listed

const options = () => [...list.querySelectorAll("[role=option]")];
const chosen = () => options().find((o) => o.getAttribute("aria-selected") === "true");

async function fill() {
  clearTimeout(timer);
  const [mine, asked] = [open, text.value];
  const answer = await ask(`${mine.url}?${new URLSearchParams({path: mine.path, text: asked})}`);
  const html = await answer?.text();
  if (html === undefined || open !== mine || text.value !== asked) return;      // a later text has an answer of its own
  list.innerHTML = html;
  shownFor = asked;
}

/** The one choice that the text names, if it names one. */
function named() {
  const found = list.querySelectorAll("[data-named]");
  return found.length === 1 ? found[0] : null;
}

/** Open under `anchor`; `take(value)` is called with the choice. `wanted`: a text to begin with, and to take what it names. */
export async function openPicker({anchor, url, path, take: done, wanted = ""}) {
  const mine = (open = {anchor, url, path, take: done});
  text.value = wanted;
  shownFor = null;
  list.replaceChildren();
  const place = anchor.getBoundingClientRect();
  const below = innerHeight - place.bottom > 320 || place.top < 320;
  box.hidden = false;
  box.style.left = `${Math.max(Math.min(place.left, innerWidth - box.offsetWidth - 12), 12)}px`;
  box.style.top = below ? `${place.bottom + 4}px` : "";
  box.style.bottom = below ? "" : `${innerHeight - place.top + 4}px`;
  text.focus();
  await fill();
  if (wanted && open === mine && shownFor === wanted) take(named());
}

function close({refocus = true} = {}) {
  if (!open) return;
  const {anchor} = open;
  open = null;
  box.hidden = true;
  if (refocus) document.getElementById(anchor.id)?.focus();
}

function take(option) {
  if (!option || !open) return;
  const {take: done} = open;
  close();
  done(option.dataset.choice);
}

/** Take what is chosen for the text as it stands: who types fast and presses Enter means what they typed. */
async function takeChosen() {
  const mine = open;
  if (shownFor !== text.value) await fill();
  if (open === mine && shownFor === text.value) take(chosen());
}

function move(step) {
  const all = options();
  const next = all[Math.min(Math.max(all.indexOf(chosen()) + step, 0), all.length - 1)];
  for (const o of all) o.setAttribute("aria-selected", o === next);
  next?.scrollIntoView({block: "nearest"});
}

text.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(() => open && fill(), 120);
});
box.addEventListener("keydown", (event) => {
  const acts = {ArrowDown: () => move(1), ArrowUp: () => move(-1), Enter: takeChosen, Escape: () => close(), Tab: () => close()};
  if (!acts[event.key]) return;
  if (event.key !== "Tab") event.preventDefault();
  event.stopPropagation();
  acts[event.key]();
});
list.addEventListener("click", (event) => take(event.target.closest("[role=option]")));
document.addEventListener("mousedown", (event) => {
  if (open && !box.contains(event.target)) close({refocus: false});
});
