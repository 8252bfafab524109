// The keys of the page. The server's table says which key does what and how it is called; a page says when and how.

const meta = document.querySelector("meta[name=keys]");
const TABLE = new Map(JSON.parse(meta?.content ?? "[]").map((row) => [row.name, row]));
const bound = [];

/** Bind actions of the table. Each: {action: "approve", when?: (event) => boolean, run: (event) => void}. */
export function bindKeys(entries) {
  bound.push(...entries.map((e) => ({...TABLE.get(e.action), ...e})).filter((e) => e.keys));
}

const SHIFTED = {"_": "-", "*": "+"};       // what Shift makes of these keys where Ctrl and Shift are both part of the name

/** What a key press is called in the table: "a", "shift+p", "ctrl+shift+-", "alt+ArrowUp". */
export function keyName(event) {
  const ctrl = event.ctrlKey || event.metaKey;
  const code = event.code?.startsWith("Key") ? event.code[3].toLowerCase() : "";
  let key = event.altKey && event.key.length === 1 && event.key > "~" && code ? code : event.key;       // Alt writes other signs on a Mac
  if (key.length === 1) key = key.toLowerCase();
  if (ctrl && event.shiftKey) key = SHIFTED[key] ?? key;
  const shift = event.shiftKey && (ctrl || key.length > 1 || key !== key.toUpperCase());
  return `${ctrl ? "ctrl+" : ""}${event.altKey ? "alt+" : ""}${shift ? "shift+" : ""}${key}`;
}

const isTyping = (target) => target.matches?.("input:not([readonly]), textarea, select, [contenteditable]");
const withoutAlt = (name) => (/^alt\+(shift\+)?.$/.test(name) ? name.slice(4) : "");

function fits(entry, name, event) {
  if (entry.keys.includes(withoutAlt(name))) return true;
  return entry.keys.includes(name) && (entry.inFields || /^(ctrl|alt)\+./.test(name) || !isTyping(event.target));
}

const isValid = (entry, event) => !entry.when || Boolean(entry.when(event));

// A key held down since the page before does nothing here: one long press must not approve two orders.
let since = "";

document.addEventListener("keydown", (event) => {
  if (!event.repeat) since = event.code;
  else if (event.code !== since) return;
  if (event.isComposing || document.querySelector("dialog[open]")) return;
  const name = keyName(event);
  const entry = bound.find((e) => fits(e, name, event) && isValid(e, event));
  if (!entry) return;
  event.preventDefault();
  entry.run(event);
});

function row({does, shown}) {
  const [term, what] = [document.createElement("dt"), document.createElement("dd")];
  term.append(...shown.map((k) => Object.assign(document.createElement("kbd"), {textContent: k})));
  what.textContent = does;
  return [term, what];
}

/** Show the keys that are valid right now. */
export function showKeys() {
  const dialog = document.getElementById("keys");
  const here = {target: document.activeElement ?? document.body};
  dialog.querySelector("dl").replaceChildren(...bound.filter((e) => isValid(e, here)).flatMap(row));
  dialog.showModal();
}
