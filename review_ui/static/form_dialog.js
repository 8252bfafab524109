// A form of the server's in a dialog: fetched when it is opened, with the button that sends it at hand.

import {ask} from "./net.js";

/** Fill a dialog from `url` and show it. Ctrl+Enter presses its button of value "send". */
export async function openForm(dialog, url) {
  const answer = await ask(url);
  if (!answer || dialog.open) return;           // asked for twice: what is typed in the first stays
  dialog.innerHTML = await answer.text();
  dialog.returnValue = "";
  dialog.showModal();
  (dialog.querySelector("[autofocus]") ?? dialog.querySelector("button[value=send]")).focus();
}

/** Call `send` with what the form says when it was sent. */
export function onSent(dialog, send) {
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) dialog.querySelector("form").requestSubmit(dialog.querySelector("[value=send]"));
  });
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "send") send(new FormData(dialog.querySelector("form")));
  });
}
