// The chosen fact is taken back, or brought back, by one key.

import {bindKeys} from "./keys.js";

const toggle = () => document.querySelector('[data-list] tr[aria-selected="true"] [data-toggle]');

bindKeys([{keys: ["z"], show: "Z", does: "Take the chosen fact back, or bring it back", when: () => toggle(), run: () => toggle().click()}]);
