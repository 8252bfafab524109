// The scanner's field keeps the focus: after each scan it is empty and ready for the next one.

import {bindKeys} from "./keys.js";

const field = () => document.querySelector("[data-scan]");

function ready() {
  if (!field()) return;
  field().value = "";
  field().focus();
}

document.addEventListener("htmx:after:swap", ready);
document.addEventListener("htmx:after:request", () => field()?.select());
bindKeys([{action: "scan", when: () => field(), run: () => field().focus()}]);
ready();
