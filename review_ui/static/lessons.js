// What approving the case would teach: asked for when the order rests after a change, each lesson declined or wanted by a key.

import {canEdit, url} from "./desk.js";
import {bindKeys} from "./keys.js";
import {newLine, post, quietly} from "./net.js";

const RESTS_MS = 500;
const place = document.getElementById("lessons");
const lessons = () => [...place.querySelectorAll("[data-lesson]")];
const inTurn = newLine();
let due = 0;

function show(html) {
  const wasOpen = place.querySelector("details")?.open ?? false;
  const held = document.activeElement?.dataset?.lesson;
  const isOnSummary = document.activeElement === place.querySelector("summary");
  place.innerHTML = html;
  const details = place.querySelector("details");
  if (details) details.open = wasOpen;
  if (isOnSummary) place.querySelector("summary")?.focus();
  if (held) lessons().find((lesson) => lesson.dataset.lesson === held)?.focus();
}

const showAnswer = (ask) => inTurn(async () => {
  const answer = await ask();
  if (answer) show(await answer.text());
});

function askSoon() {
  clearTimeout(due);
  due = setTimeout(() => canEdit() && showAnswer(() => quietly(url("lessons"))), RESTS_MS);
}

/** The next lesson; the list opens at the first. */
function next() {
  const all = lessons();
  place.querySelector("details").open = true;
  all[(all.indexOf(document.activeElement) + 1) % all.length].focus();
}

place.addEventListener("click", (event) => {
  const key = event.target.closest("[data-lesson]")?.dataset.lesson;
  if (key) showAnswer(() => post(url("lessons/decline"), {key}));
});
place.addEventListener("keydown", (event) => {
  if (event.key === "Escape") place.querySelector("details").open = false;
});

document.addEventListener("order-drawn", askSoon);
bindKeys([{action: "lessons", when: () => canEdit() && lessons().length, run: next}]);
askSoon();
