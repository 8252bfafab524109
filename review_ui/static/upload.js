// Uploads: one request a file, as its bare bytes, with progress; what happened is said beside each file. The place to drop them
// says where they go (data-to) and how states are called; an answer with a Location leads on.

import {csrf} from "./net.js";

const drop = document.getElementById("drop");
const list = document.getElementById("uploads");

function row(file) {
  const item = document.createElement("li");
  const name = Object.assign(document.createElement("strong"), {textContent: file.name, className: "clip"});
  const bar = Object.assign(document.createElement("progress"), {max: file.size || 1, value: 0});
  const what = Object.assign(document.createElement("span"), {className: "what muted", textContent: drop.dataset.waiting});
  item.append(name, bar, what);
  list.prepend(item);
  return {bar, what};
}

const textOf = (html) => new DOMParser().parseFromString(html, "text/html").body.textContent.replace(/\s+/g, " ").trim();

function send(file, {bar, what}) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    const to = new URL(drop.dataset.to, location.href);
    to.searchParams.set("name", file.name.slice(-255));
    request.open("POST", to);
    request.setRequestHeader("X-CSRF-Token", csrf());
    request.setRequestHeader("HX-Request", "true");
    request.setRequestHeader("Content-Type", "application/octet-stream");
    what.textContent = drop.dataset.sending;
    request.upload.onprogress = (event) => { bar.value = event.loaded; };
    request.onloadend = () => {
      const ok = request.status === 201;
      bar.value = ok ? bar.max : 0;
      what.className = ok ? "what" : "what bad";
      what.textContent = request.status ? textOf(request.responseText) : drop.dataset.unreachable;
      const next = ok && request.getResponseHeader("Location");
      if (next) location.assign(next);
      else if (ok) htmx.trigger(document.body, "uploaded");
      done();
    };
    request.send(file);
  });
}

async function sendAll(files) {
  const waiting = [...files].map((file) => [file, row(file)]);
  for (const [file, shown] of waiting) await send(file, shown);
}

if (drop) {
  const input = document.getElementById("files");
  input.addEventListener("change", () => sendAll(input.files).then(() => { input.value = ""; }));
  for (const name of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", name === "dragover");
      if (name === "drop") sendAll(event.dataTransfer.files);
    });
  }
}
