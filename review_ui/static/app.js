// What every page has: theme, help, notices, and the token on htmx's requests.

import {bindKeys, showKeys} from "./keys.js";
import {csrf, sayUnreachable} from "./net.js";

document.addEventListener("htmx:config:request", (event) => {
  event.detail.ctx.request.headers["X-CSRF-Token"] = csrf();
});

// A form that is on its way is not sent again by a second press. (What is asked for with hx-sync has a rule of its own.)
const underway = new WeakSet();
document.addEventListener("htmx:config:request", (event) => {
  const {sourceElement, request} = event.detail.ctx;
  if (request.method !== "GET" && underway.has(sourceElement) && !sourceElement.hasAttribute("hx-sync")) event.preventDefault();
});
document.addEventListener("htmx:before:request", ({detail}) => underway.add(detail.ctx.sourceElement));
document.addEventListener("htmx:finally:request", ({detail}) => underway.delete(detail.ctx.sourceElement));

document.addEventListener("htmx:error", ({detail}) => {
  const {request, response} = detail.ctx ?? {};
  if (request && !response && !request.headers["X-Background"]) sayUnreachable();
});

// What a form sent is done: its fields are as the answer has them, so that nothing is sent again by mistake.
document.addEventListener("htmx:after:swap", ({detail}) => {
  const {sourceElement, request, response, swap} = detail.ctx;
  const isSent = request?.method === "POST" && response?.status < 400 && sourceElement?.matches?.("form:not([hx-sync])");
  if (isSent && swap === "innerMorph") sourceElement.reset();
});

document.getElementById("theme")?.addEventListener("click", () => {
  const root = document.documentElement;
  const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = isDark ? "light" : "dark";
  document.cookie = `ordermill_theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
});

document.getElementById("help")?.addEventListener("click", showKeys);

document.addEventListener("click", (event) => {
  const what = event.target.closest("[data-do]")?.dataset.do;
  if (what === "dismiss") event.target.closest(".notice").remove();
  if (what === "close") event.target.closest("dialog").close();
});

const go = (path) => () => location.assign(path);
bindKeys([
  {action: "help", run: showKeys},
  {action: "go-queue", when: () => location.pathname !== "/", run: go("/")},
  {action: "go-mentions", when: () => location.pathname !== "/mentions", run: go("/mentions")},
]);
