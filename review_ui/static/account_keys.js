// A key field takes the key that is pressed in it; Tab walks on, Escape leaves it as it was.

import {keyName} from "./keys.js";

const MODIFIERS = new Set(["Control", "Alt", "Shift", "Meta", "Tab", "Dead", "Unidentified"]);

document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.("[data-key]");
  if (!field || MODIFIERS.has(event.key)) return;
  event.preventDefault();
  event.stopPropagation();
  field.value = event.key === "Escape" ? field.defaultValue : keyName(event);
}, {capture: true});
