// Live updates: one stream of small events. A list refreshes itself; without a stream the page's own slow poll goes on.

const list = document.getElementById("list");
const held = document.getElementById("case");
let due = null;

/** Refresh once for a burst of events. */
function refreshSoon() {
  if (due) return;
  due = setTimeout(() => {
    due = null;
    list.dispatchEvent(new Event("refresh"));
  }, 300);
}

/** How many mentions are not read, in the bar. */
function showUnread(count) {
  const badge = document.getElementById("unread-mentions");
  Object.assign(badge, {textContent: count, hidden: !count});
}

document.addEventListener("mentions-read", (event) => showUnread(event.detail));

function start() {
  const source = new EventSource("/events");
  source.addEventListener("changed", (event) => {
    const {cases, mentions} = JSON.parse(event.data);
    showUnread(mentions);
    if (list) refreshSoon();
    if (held && cases.includes(Number(held.dataset.case))) document.dispatchEvent(new CustomEvent("case-changed"));
  });
  addEventListener("pagehide", () => source.close());
}

if ("EventSource" in window) start();
