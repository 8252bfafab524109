// Approving otherwise: some lines now and the others later, or in spite of a doubt, with the reason.

import {canApprove, url, version} from "./desk.js";
import {onSent, openForm} from "./form_dialog.js";
import {bindKeys} from "./keys.js";
import {post} from "./net.js";

const dialog = document.getElementById("approval");

export const openApproval = () => openForm(dialog, url("approval"));

onSent(dialog, (fields) => {
  fields.set("version", version());
  post(url("approval"), fields);
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-do=approve-otherwise]")) openApproval();
});
bindKeys([{action: "approve-otherwise", when: canApprove, run: openApproval}]);
