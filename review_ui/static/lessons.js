// What approving the case would teach: asked for when the order rests after a change, each lesson declined or wanted by a key.

import {canEdit, url} from "./desk.js";
import {bindKeys} from "./keys.js";
import {post, quietly} from "./net.js";

const RESTS_MS = 500;
const place = document.getElementById("lessons");
const lessons = () => [...place.querySelectorAll("[data-lesson]")];
let due = 0;

function show(html) {
  const wasOpen = place.querySelector("details")?.open ?? false;
  const held = document.activeElement?.dataset?.lesson;
  place.innerHTML = html;
  const details = place.querySelector("details");
  if (details) details.open = wasOpen;
  if (held) lessons().find((lesson) => lesson.dataset.lesson === held)?.focus();
}

function askSoon() {
  clearTimeout(due);
  due = setTimeout(async () => {
    if (!canEdit()) return;
    const answer = await quietly(url("lessons"));
    if (answer) show(await answer.text());
  }, RESTS_MS);
}

/** The next lesson; the list opens at the first. */
function next() {
  const all = lessons();
  place.querySelector("details").open = true;
  all[(all.indexOf(document.activeElement) + 1) % all.length].focus();
}

place.addEventListener("click", async (event) => {
  const lesson = event.target.closest("[data-lesson]");
  if (!lesson) return;
  const answer = await post(url("lessons/decline"), {key: lesson.dataset.lesson});
  if (answer) show(await answer.text());
});
place.addEventListener("keydown", (event) => {
  if (event.key === "Escape") place.querySelector("details").open = false;
});

document.addEventListener("order-drawn", askSoon);
bindKeys([{action: "lessons", when: () => canEdit() && lessons().length, run: next}]);
askSoon();
