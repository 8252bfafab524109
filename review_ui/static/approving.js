// Approving otherwise: some lines now and the others later, or in spite of a doubt, with the reason.

import {onSent, openForm} from "./form_dialog.js";
import {bindKeys} from "./keys.js";
import {post} from "./net.js";

const dialog = document.getElementById("approval");
const url = `/cases/${document.getElementById("case").dataset.case}/approval`;
const order = () => document.getElementById("order");
const canApprove = () => "canApprove" in order().dataset;

export const openApproval = () => openForm(dialog, url);

onSent(dialog, (fields) => {
  fields.set("version", order().dataset.version);
  post(url, fields);
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-do=approve-otherwise]")) openApproval();
});
bindKeys([{action: "approve-otherwise", when: canApprove, run: openApproval}]);
