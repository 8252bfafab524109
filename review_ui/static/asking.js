// Asking the customer: the drafted mail in a dialog, sent as the person left it.

import {order, url, version} from "./desk.js";
import {onSent, openForm} from "./form_dialog.js";
import {bindKeys} from "./keys.js";
import {post} from "./net.js";

const dialog = document.getElementById("ask");
const canAsk = () => Boolean(order().querySelector("[data-do=ask]"));
const open = () => openForm(dialog, url("question"));

onSent(dialog, (fields) => {
  fields.set("version", version());
  post(url("question"), fields);
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-do=ask]")) open();
});
bindKeys([{action: "ask-customer", when: canAsk, run: open}]);
