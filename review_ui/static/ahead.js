// What is looked at next is fetched while nothing else is to be done: the case that follows and its first page. Nobody holds it yet.

import {quietly} from "./net.js";

const {nextCase, nextPicture, nextPage} = document.getElementById("case").dataset;
const whenIdle = window.requestIdleCallback ?? ((work) => setTimeout(work, 300));

/** Have the server draw the next case once, and the browser keep its picture. */
export function prepare() {
  if (nextCase) whenIdle(async () => {
    await quietly(nextCase);
    if (nextPage) await quietly(nextPage);
    if (nextPicture) new Image().src = nextPicture;
  });
}
