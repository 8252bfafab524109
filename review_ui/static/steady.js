// What one types in stays where it is on the screen when the order is drawn again: questions above it come and go.

import {order} from "./desk.js";

const rail = () => document.getElementById("rail");
let before = null;

/** What below the questions has an id and is, or holds, the given element. */
function below(element) {
  const held = element?.closest?.("#order [id]");
  return held && !held.closest("#rail") ? held : null;
}

/** What has the focus below the questions, and where it stands. */
function standing() {
  const held = below(document.activeElement);
  return held && {id: held.id, top: held.getBoundingClientRect().top};
}

const moved = () => document.getElementById(before.id).getBoundingClientRect().top - before.top;

document.addEventListener("order-drawing", () => {
  before = standing();
});
document.addEventListener("order-drawn", () => {
  if (!before || !rail() || !document.getElementById(before.id)) return;
  order().scrollTop += moved();
  const missing = Math.round(-moved());              // at the top already: the room of what is gone is kept for now
  if (missing > 0) rail().style.minHeight = `${rail().offsetHeight + missing}px`;
});
// Whoever leaves the fields looks at the questions again, without the room.
document.addEventListener("focusout", (event) => {
  if (!below(event.relatedTarget)) rail()?.style.removeProperty("min-height");
});
