// Who changed what, and when: asked for when somebody opens it, and again after each change while it is open.

import {order, url} from "./desk.js";
import {ask, newLine, quietly} from "./net.js";

const place = () => document.getElementById("history");
const inTurn = newLine();

const draw = (fetched) => inTurn(async () => {
  const answer = await fetched();
  if (answer) place().innerHTML = await answer.text();
  return answer !== null;
});

export async function toggleHistory() {
  const isOpening = place().hidden;
  if (isOpening && !(await draw(() => ask(url("history"))))) return;
  place().hidden = !isOpening;
  if (isOpening) order().scrollTo({top: place().offsetTop - order().querySelector(".order-head").offsetHeight});
}

document.addEventListener("order-drawn", () => place().hidden || draw(() => quietly(url("history"))));

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do=more-changes]");
  if (!button) return;
  const more = document.getElementById(button.getAttribute("aria-controls"));
  more.hidden = !more.hidden;
  button.setAttribute("aria-expanded", !more.hidden);
});
