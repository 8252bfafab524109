// Views of a list that people keep: named in a dialog, forgotten by their cross.

import {post} from "./net.js";

const keep = document.getElementById("keep");

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-do=keep-view]")) { keep.returnValue = ""; keep.showModal(); }
  const view = event.target.closest("[data-remove-view]")?.dataset.removeView;
  if (view) post(`/views/${view}/remove`);
});

keep?.addEventListener("close", () => {
  if (keep.returnValue !== "keep") return;
  const fields = new FormData(keep.querySelector("form"));
  const filter = new FormData(document.querySelector("form[role=search]"));
  fields.set("query", new URLSearchParams([...filter].filter(([, value]) => value)));
  fields.set("page", document.querySelector("[data-do=keep-view]").dataset.page);
  post("/views", fields);
});
