// The rail of questions: which is at hand, going from one to the next, answering, putting one off.

import {correct, field, id, order} from "./desk.js";
import {point} from "./pointing.js";

// Questions that were put off come last, for as long as this browser has the case open.
const later = new Set(JSON.parse(sessionStorage.getItem(`later:${id}`) ?? "[]"));
const isLater = (question) => later.has(question.id);
let before = {key: null, place: 0};

/** The open questions, those put off last. */
export function questions() {
  const all = [...document.querySelectorAll("#rail [data-question]")];
  for (const q of all) q.classList.toggle("is-later", isLater(q));
  return [...all.filter((q) => !isLater(q)), ...all.filter(isLater)];
}

export const current = () => document.querySelector("#rail [data-question][aria-current]");
/** The value that the question at hand is about, if it is shown. */
export const askedField = () => field(current()?.dataset.path);

export function setCurrent(question) {
  for (const q of questions()) q.toggleAttribute("aria-current", q === question);
  if (question) question.setAttribute("aria-current", "true");
  for (const old of order().querySelectorAll(".at-question")) old.classList.remove("at-question");
  field(question?.dataset.path)?.closest(".value")?.classList.add("at-question");
}

export function postpone() {
  const question = current();
  if (isLater(question)) later.delete(question.id);
  else later.add(question.id);
  sessionStorage.setItem(`later:${id}`, JSON.stringify([...later]));
  const [first] = questions();
  setCurrent(first);
  point(first, {turn: true});
}

/** The field of a question that is answered by typing; null when it is answered by choosing, or only told. */
function typedField(question) {
  const own = field(question?.dataset.path);
  return own?.matches("input:not([readonly])") && !question.querySelector("[data-choice]") ? own : null;
}

/** Go to another question: into its field where one types the answer, else so that the digits choose. */
export function step(by) {
  const all = questions();
  const own = typedField(current());
  const isEntered = !own || own === document.activeElement;
  const to = isEntered ? all[(all.indexOf(current()) + by + all.length) % all.length] : current();
  const wasAlone = to === current() && isEntered;
  document.activeElement?.blur();
  if (!to || wasAlone) return;
  setCurrent(to);
  point(to, {turn: true});
  to.scrollIntoView({block: "nearest"});
  field(to.dataset.path)?.scrollIntoView({block: "nearest"});
  typedField(to)?.focus();
  typedField(to)?.select();
}

export const choices = () => [...(current()?.querySelectorAll("[data-choice]") ?? [])];

export function answer(choice) {
  const path = choice?.dataset.sets || current()?.dataset.path;
  if (path && choice) correct(path, choice.dataset.choice);
}

/** Type the value in question. */
export function edit() {
  askedField()?.focus();
  askedField()?.select?.();
}

/** The line at hand: where the focus is, else where the question is. */
export function lineAtHand() {
  const focused = document.activeElement?.closest?.("[data-line]");
  return focused ?? askedField()?.closest("[data-line]");
}

/** After a drawing the question at hand stays, or the one in its place is next; what has the focus is lit up. */
export function settle() {
  const all = questions();
  setCurrent(all.find((q) => q.id === before.key) ?? all[Math.min(Math.max(before.place, 0), all.length - 1)]);
  const focused = document.activeElement?.closest?.("#order [data-path]");
  if (focused ?? current()) point(focused ?? current(), {turn: true});
}

document.addEventListener("order-drawing", () => {
  before = {key: current()?.id ?? null, place: questions().indexOf(current())};
});
document.addEventListener("order-drawn", settle);

document.addEventListener("click", (event) => {
  const question = event.target.closest("#rail [data-question]");
  if (!question || event.target.closest("button")) return;
  setCurrent(question);
  point(question, {turn: true});
});
