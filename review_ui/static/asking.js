// Asking the customer: the drafted mail in a dialog, sent as the person left it.

import {onSent, openForm} from "./form_dialog.js";
import {bindKeys} from "./keys.js";
import {post} from "./net.js";

const dialog = document.getElementById("ask");
const url = `/cases/${document.getElementById("case").dataset.case}/question`;
const order = () => document.getElementById("order");
const canAsk = () => Boolean(order().querySelector("[data-do=ask]"));
const open = () => openForm(dialog, url);

onSent(dialog, (fields) => {
  fields.set("version", order().dataset.version);
  post(url, fields);
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-do=ask]")) open();
});
bindKeys([{action: "ask-customer", when: canAsk, run: open}]);
