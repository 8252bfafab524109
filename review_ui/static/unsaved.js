// What is typed and not saved: sent to the server as it is typed, and kept in this browser while the server cannot be reached.

import {csrf, post} from "./net.js";

const PAUSE_MS = 250;
const id = document.getElementById("case").dataset.case;
const STORE = `unsaved:${id}`;
const url = `/cases/${id}/unsaved`;
const order = () => document.getElementById("order");
const waiting = new Map();      // path → timer
const underway = new Map();     // path → promise

const kept = () => JSON.parse(localStorage.getItem(STORE) ?? "{}");

function note(path, fields) {
  const all = kept();
  if (fields) all[path] = fields;
  else delete all[path];
  if (Object.keys(all).length) localStorage.setItem(STORE, JSON.stringify(all));
  else localStorage.removeItem(STORE);
}

/** Send one; quietly, for the person is typing. It stays in this browser until the server has it. */
async function send(path, fields) {
  const headers = {"X-CSRF-Token": csrf(), "X-Background": "1", "HX-Request": "true"};
  try {
    const answer = await fetch(url, {method: "POST", headers, body: new URLSearchParams({path, ...fields}), keepalive: true});
    const isDone = answer.ok || answer.status === 404 || answer.status === 422;
    if (isDone && JSON.stringify(kept()[path]) === JSON.stringify(fields)) note(path, null);
  } catch { /* the network is away: sent again when it is back */ }
}

function now(path) {
  clearTimeout(waiting.get(path));
  waiting.delete(path);
  const fields = kept()[path];
  if (!fields) return underway.get(path);
  const sent = send(path, fields);
  underway.set(path, sent);
  return sent;
}

/** Wait until nothing typed in a field is still on its way, so that it cannot come in after the value itself was saved. */
export async function settled(path) {
  clearTimeout(waiting.get(path));
  waiting.delete(path);
  await underway.get(path);
}

/** What was typed in a field is saved: this browser need not keep it. */
export const forget = (path) => note(path, null);

/** The person has taken back what was typed in a field. */
export async function dropTyped(path) {
  if (!(path in kept()) && !underway.has(path)) return;
  await settled(path);
  forget(path);
  await post(`${url}/drop`, {path});
}

const resend = () => Object.keys(kept()).forEach(now);

document.addEventListener("input", (event) => {
  const input = event.target;
  if (!input.matches("#order input[data-path]:not([readonly])")) return;
  const path = input.dataset.path;
  note(path, {value: input.value, version: order().dataset.version});
  clearTimeout(waiting.get(path));
  waiting.set(path, setTimeout(() => now(path), PAUSE_MS));
});
addEventListener("pagehide", resend);
addEventListener("online", resend);
resend();
