// Requests to our own server, with the token that proves they come from this page.

export const csrf = () => document.querySelector("meta[name=csrf]")?.content ?? "";
const notices = () => document.getElementById("notices");

/** Put a notice (HTML of the server's own templates) on top of the page; the button that had the focus keeps it. */
export function notify(html) {
  const held = notices().contains(document.activeElement) && document.activeElement.dataset.do;
  notices().innerHTML = html;
  if (held) notices().querySelector(`[data-do="${held}"]`)?.focus();
}

/** A notice made here, from plain text. */
export function say(text, tone = "bad") {
  const box = document.createElement("div");
  box.className = `notice ${tone}`;
  box.append(Object.assign(document.createElement("p"), {textContent: text}));
  notices().replaceChildren(box);
}

export const sayUnreachable = () => say(document.body.dataset.unreachable);

/** Fetch a part of a page; errors become notices. Answers the Response, or null. */
export async function ask(url, options = {}) {
  const headers = {"HX-Request": "true", "X-CSRF-Token": csrf(), ...options.headers};
  let answer;
  try {
    answer = await fetch(url, {...options, headers, redirect: "error"});
  } catch {
    sayUnreachable();
    return null;
  }
  if (answer.ok) return answer;
  notify(await answer.text());
  return null;
}

/** A line of requests: each begins when the one before is done, so that no late answer shows what was before an earlier one. */
export function newLine() {
  let last = Promise.resolve(true);
  return (work) => (last = last.then(work, work));
}

/** Fetch what nobody waits for: no notice when it cannot be had. Answers the Response, or null. */
export async function quietly(url, headers = {}) {
  const answer = await fetch(url, {headers: {"HX-Request": "true", "X-Background": "1", ...headers}}).catch(() => null);
  return answer?.ok ? answer : null;
}

/** Post a form; follows HX-Redirect. Answers the Response, or null when it was refused. */
export async function post(url, fields = {}, options = {}) {
  const answer = await ask(url, {method: "POST", body: new URLSearchParams(fields), ...options});
  const target = answer?.headers.get("HX-Redirect");
  if (target) location.assign(target);
  return answer;
}
