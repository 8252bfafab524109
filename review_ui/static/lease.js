// The lease: the case is held while the page is open, and shown as it changes to whoever only reads.

import {canEdit, order, refresh, url} from "./desk.js";
import {post} from "./net.js";

const HEARTBEAT_MS = 60_000;

/** Hold the case; when somebody else has it, show that, and take it when it is free. */
async function hold(options) {
  if (!canEdit() && order().dataset.holder) await refresh();
  if (canEdit() && !(await post(url("claim"), {}, options))) await refresh();
}

// Somebody else's changes are shown as they happen to whoever only reads; who edits is told when they save.
document.addEventListener("case-changed", () => canEdit() || refresh());

hold();
setInterval(hold, HEARTBEAT_MS, {headers: {"X-Background": "1"}});
addEventListener("pagehide", () => canEdit() && post(url("release"), {}, {keepalive: true}));
