// The keys of the page in one table: what acts, when, and what the help dialog says about it.

const table = [];

/** Add keys. Each: {keys: ["a"], show: "A", does: "Approve", when?: () => boolean, run: (event) => void, typing?: boolean}.
 *  A single letter acts outside text inputs, or anywhere with Alt; `typing` keys act inside inputs too. */
export function bindKeys(entries) {
  table.push(...entries);
}

const isTyping = (target) => target.matches?.("input:not([readonly]), textarea, select, [contenteditable]");

function fits(entry, event) {
  if (event.ctrlKey || event.metaKey) return entry.keys.includes(`ctrl+${event.key.toLowerCase()}`);
  const key = event.shiftKey && event.key.length > 1 ? `shift+${event.key}` : event.key;
  const found = entry.keys.includes(key) || (key.length === 1 && entry.keys.includes(key.toLowerCase()));
  return found && (entry.typing || event.altKey || !isTyping(event.target));
}

const isValid = (entry, event) => !entry.when || Boolean(entry.when(event));

document.addEventListener("keydown", (event) => {
  if (event.isComposing || document.querySelector("dialog[open]")) return;
  const entry = table.find((e) => fits(e, event) && isValid(e, event));
  if (!entry) return;
  event.preventDefault();
  entry.run(event);
});

/** Show the keys that are valid right now. */
export function showKeys() {
  const dialog = document.getElementById("keys");
  const rows = table.filter((e) => e.does).map((e) => {
    const [term, what] = [document.createElement("dt"), document.createElement("dd")];
    term.append(...e.show.split(" ").map((k) => Object.assign(document.createElement("kbd"), {textContent: k})));
    what.textContent = e.does;
    term.classList.toggle("off", !isValid(e, {target: document.body}));
    return [term, what];
  });
  dialog.querySelector("dl").replaceChildren(...rows.flat());
  dialog.showModal();
}
