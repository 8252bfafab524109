// The chosen fact is taken back, or brought back, by one key.

import {bindKeys} from "./keys.js";

const toggle = () => document.querySelector('[data-list] tr[aria-selected="true"] [data-toggle]');

bindKeys([{action: "toggle-fact", when: () => toggle(), run: () => toggle().click()}]);
