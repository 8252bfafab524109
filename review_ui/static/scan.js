// The scanner's field keeps the focus: what was scanned leaves it at once, so that the next scan begins in an empty field however
// long the answer takes. Scans wait for each other (hx-sync).

import {bindKeys} from "./keys.js";

const field = () => document.querySelector("[data-scan]");
const isScan = (event) => field() && event.detail.ctx.sourceElement === field().form;
const waiting = new Set();      // scans without an answer

document.addEventListener("htmx:config:request", (event) => {
  if (!isScan(event)) return;
  if (waiting.size && !field().value) return event.preventDefault();    // the second Enter of one scan is not the one that goes on
  waiting.add(event.detail.ctx);
  field().value = "";
});
document.addEventListener("htmx:finally:request", (event) => {
  const {request, response} = event.detail.ctx;
  if (!waiting.delete(event.detail.ctx) || response?.status < 400 || !field() || field().value) return;
  field().value = request.body.get("code");                             // refused: there to be seen; the next scan takes its place
  field().select();
});
document.addEventListener("htmx:after:swap", () => field()?.focus());
bindKeys([{action: "scan", when: () => field(), run: () => field().focus()}]);
field()?.focus();
