// Doing one thing to several cases of the queue. What is chosen survives a refresh of the list.

import {bindKeys} from "./keys.js";
import {notify, post} from "./net.js";

const bar = document.getElementById("bulk");
const chosen = new Set();
const boxes = () => [...document.querySelectorAll("#list input[name=cases]")];
const refresh = () => document.getElementById("list").dispatchEvent(new Event("refresh"));

function paint() {
  for (const box of boxes()) box.checked = chosen.has(box.value);
  const all = document.querySelector("[data-choose-all]");
  if (all) all.checked = boxes().length > 0 && boxes().every((box) => box.checked);
  if (!bar) return;
  bar.hidden = chosen.size === 0;
  bar.querySelector("[data-count]").textContent = chosen.size;
}

function choose(box, isChosen) {
  if (isChosen) chosen.add(box.value);
  else chosen.delete(box.value);
}

async function act(control) {
  if (control.value === "") return;
  const fields = [...chosen].map((id) => ["cases", id]);
  const answer = await post(`/queue/${control.dataset.act}`, [...fields, [control.name, control.value]]);
  control.value = "";
  if (!answer) return;
  notify(await answer.text());
  chosen.clear();
  paint();
  refresh();
}

document.addEventListener("change", (event) => {
  const target = event.target;
  if (target.matches("#list input[name=cases]")) choose(target, target.checked);
  else if (target.matches("[data-choose-all]")) boxes().forEach((box) => choose(box, target.checked));
  else if (target.matches("#bulk select")) act(target);
  paint();
});
bar?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("input")) return;
  event.preventDefault();
  act(event.target);
});
bar?.querySelector("[data-clear]").addEventListener("click", () => { chosen.clear(); paint(); });

document.addEventListener("submit", async (event) => {
  if (!event.target.matches("[data-undo]")) return;
  event.preventDefault();
  const answer = await post("/queue/undo", new FormData(event.target));
  if (answer) notify(await answer.text());
  refresh();
});

const keep = document.getElementById("keep");
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-do=keep-view]")) { keep.returnValue = ""; keep.showModal(); }
  const view = event.target.closest("[data-remove-view]")?.dataset.removeView;
  if (view) post(`/queue/views/${view}/remove`);
});
keep?.addEventListener("close", () => {
  if (keep.returnValue !== "keep") return;
  const fields = new FormData(keep.querySelector("form"));
  fields.set("query", document.querySelector("[data-do=keep-view]").dataset.query);
  post("/queue/views", fields);
});

const current = () => document.querySelector("[data-list] tr[aria-selected=true] input[name=cases]");
bindKeys([{action: "list-choose", when: () => Boolean(current()), run: () => { choose(current(), !chosen.has(current().value)); paint(); }}]);

document.addEventListener("htmx:after:swap", paint);
paint();
