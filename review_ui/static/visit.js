// What a visit took: keys, clicks, and the seconds in which something was done at least every half minute.

import {url} from "./desk.js";
import {post} from "./net.js";

const PAUSE_MS = 30_000;
const took = {keys: 0, clicks: 0, ms: 0};
let last = performance.now();

function count(what) {
  const now = performance.now();
  took[what] += 1;
  took.ms += Math.min(now - last, PAUSE_MS);
  last = now;
}
document.addEventListener("keydown", (event) => event.repeat || count("keys"), true);
document.addEventListener("pointerdown", () => count("clicks"), true);
addEventListener("pagehide", () => {
  if (!took.keys && !took.clicks) return;
  post(url("visit"), {keys: took.keys, clicks: took.clicks, seconds: (took.ms / 1000).toFixed(1)}, {keepalive: true});
  took.keys = took.clicks = took.ms = 0;
});
