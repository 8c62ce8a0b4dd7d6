// A prediction, and that a task was solved, is kept in this browser, so that it is still there when the page is loaded again.
// A storage that is shut or full must never stop a lab: then nothing is kept.

function storage(given) {
  try {
    return given ?? globalThis.localStorage;
  } catch {
    return null; // reading the name alone is refused where storage is shut
  }
}

/** Keep an answer under a name. */
export function keepAnswer(name, answer, given) {
  try {
    if (name) storage(given)?.setItem(name, JSON.stringify({ answer }));
  } catch {
    // shut or full
  }
}

/** Forget what is kept under a name. */
export function forgetAnswer(name, given) {
  try {
    if (name) storage(given)?.removeItem(name);
  } catch {
    // shut
  }
}

/** Return the answer kept under a name; undefined if there is none, and what is no answer is dropped. */
export function keptAnswer(name, given) {
  let text = null;
  try {
    text = name ? storage(given)?.getItem(name) : null;
  } catch {
    // shut
  }
  if (typeof text !== "string") return undefined;
  const answer = answerIn(text);
  if (answer === undefined) forgetAnswer(name, given);
  return answer;
}

function answerIn(text) {
  try {
    const { answer } = JSON.parse(text);
    const plain = (part) => typeof part === "string" || Number.isFinite(part);
    return plain(answer) || (Array.isArray(answer) && answer.every(plain)) ? answer : undefined;
  } catch {
    return undefined;
  }
}
