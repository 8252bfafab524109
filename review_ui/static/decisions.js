// What ends a visit to the case, and what is asked before: approve, reject, merge or split, and a price that is let stand.

import {openApproval} from "./approving.js";
import {change, field, flush, inTurn, order, url, version} from "./desk.js";
import {post, say} from "./net.js";
import {lineAtHand} from "./questions.js";

function open(name) {
  const dialog = document.getElementById(name);
  dialog.returnValue = "";
  dialog.showModal();
}

const decide = (action, fields) => inTurn(() => post(url(action), {version: version(), ...fields}));

export async function approve() {
  await flush();
  if ("needsReason" in order().dataset) return openApproval();
  if (order().querySelector(".not-saved")) return say("A value is not saved yet. Correct it or press Esc in its field, then approve.");
  await decide("approve");
}

export const askReject = () => open("reject");
export const askRegroup = () => open("regroup");

document.getElementById("reject").addEventListener("close", ({target}) => {
  if (target.returnValue === "reject") decide("reject", {reason: target.querySelector("textarea").value});
});
document.getElementById("regroup").addEventListener("close", ({target}) => {
  if (target.returnValue === "merge") decide("merge", {into: target.querySelector("[name=into]").value});
  if (target.returnValue === "split") decide("split", {document: target.querySelector("[name=document]").value});
});

/** The line whose customer's price is let stand, until the reason is given. */
let standing = null;

export function askWhy() {
  standing = lineAtHand()?.dataset.line;
  open("their-price");
}

const reasons = document.getElementById("their-price");
reasons.addEventListener("keydown", (event) => {
  const reason = reasons.querySelectorAll(".reasons button")[Number(event.key) - 1];
  if (!reason) return;
  event.stopPropagation();           // the digit is no answer to the question behind
  reason.click();
});
reasons.addEventListener("close", () => {
  const path = `lines.${standing}.unit_price`;
  if (reasons.returnValue) change("corrections", {path, value: field(path).value, typed: true, reason: reasons.returnValue});
});
