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

function start() {
  const source = new EventSource("/events");
  source.addEventListener("changed", (event) => {
    const {cases} = JSON.parse(event.data);
    if (list) refreshSoon();
    if (held && cases.includes(Number(held.dataset.case))) document.dispatchEvent(new CustomEvent("case-changed"));
  });
  addEventListener("pagehide", () => source.close());
}

if ("EventSource" in window) start();
