// Doing one thing to the chosen cases of the queue, taking it back, and keeping views.

import {chooseNone, chosenValues} from "./choose.js";
import {notify, post} from "./net.js";

const bar = document.getElementById("bulk");
const refresh = () => document.getElementById("list").dispatchEvent(new Event("refresh"));

let acting = null;              // what is under way: pressed twice, it is done once

async function act(control) {
  const fields = chosenValues().map((id) => ["cases", id]);
  const answer = await post(`/queue/${control.dataset.act}`, [...fields, [control.name, control.value]]);
  control.value = "";
  if (!answer) return;
  notify(await answer.text());
  chooseNone();
  refresh();
}

function actOnce(control) {
  if (control.value !== "") acting ??= act(control).finally(() => { acting = null; });
}

bar?.addEventListener("change", (event) => { if (event.target.matches("select")) actOnce(event.target); });
bar?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("input")) return;
  event.preventDefault();
  actOnce(event.target);
});
bar?.querySelector("[data-clear]").addEventListener("click", chooseNone);

document.addEventListener("submit", async (event) => {
  if (!event.target.matches("[data-undo]")) return;
  event.preventDefault();
  const answer = await post("/queue/undo", new FormData(event.target));
  if (answer) notify(await answer.text());
  refresh();
});
