// Asking the customer: the drafted mail in a dialog, sent as the person left it.

import {bindKeys} from "./keys.js";
import {ask, post} from "./net.js";

const dialog = document.getElementById("ask");
const id = document.getElementById("case").dataset.case;
const order = () => document.getElementById("order");
const canAsk = () => Boolean(order().querySelector("[data-do=ask]"));

async function open() {
  const answer = await ask(`/cases/${id}/question`);
  if (!answer) return;
  dialog.innerHTML = await answer.text();
  dialog.returnValue = "";
  dialog.showModal();
  dialog.querySelector("button[value=send]").focus();
}

dialog.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) dialog.querySelector("form").requestSubmit(dialog.querySelector("[value=send]"));
});
dialog.addEventListener("close", () => {
  if (dialog.returnValue !== "send") return;
  const fields = new FormData(dialog.querySelector("form"));
  fields.set("version", order().dataset.version);
  post(`/cases/${id}/question`, fields);
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-do=ask]")) open();
});
bindKeys([{action: "ask-customer", when: canAsk, run: open}]);
