// What stands behind a line and behind the header: fields that are drawn when somebody asks for them.

import {HEADER, field, order, setOpen} from "./desk.js";

const partOf = (path) => (path.startsWith("lines.") ? path.split(".")[1] : HEADER);
const isShown = (part) => Boolean(area(part));
const area = (part) => (part === HEADER ? document.getElementById("header-more") : document.getElementById(`line-${part}`)?.querySelector(".more"));

/** The field with this path; what it stands behind is opened first. */
export async function reveal(path) {
  if (path && !field(path) && !isShown(partOf(path))) await setOpen(partOf(path), true);
  return field(path);
}

async function toggle(part, closedAt) {
  const wasShown = isShown(part);
  await setOpen(part, !wasShown);
  (area(part)?.querySelector("[data-path]") ?? field(closedAt))?.focus();
}

/** All fields of a line, or only those of the grid. */
export const toggleLine = (key) => toggle(key, `lines.${key}.item`);

/** The fields of the header that are empty and seldom needed. */
export const toggleHeader = () => toggle(HEADER, "po_number");

document.addEventListener("click", async (event) => {
  const part = event.target.closest("#order .part[data-path]");
  if (part) (await reveal(part.dataset.path))?.focus();
});
