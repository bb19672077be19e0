// Asking the server. A no is an answer (`refused`); silence and being signed out are thrown.
import { token } from "../../kit/frontend/words.js";

const PATIENCE_MS = 12000;

export class NoAnswer extends Error {}
export class SignedOut extends Error {}

export async function ask(url, body) {
  const hurry = new AbortController();
  const timer = setTimeout(() => hurry.abort(), PATIENCE_MS);
  let answer;
  try {
    answer = await fetch(url, {
      method: body === undefined ? "GET" : "POST",
      headers: { Accept: "application/json", ...(body === undefined ? {} : { "Content-Type": "application/json", "X-CSRFToken": token() }) },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: hurry.signal,
      credentials: "same-origin",
    });
    if (answer.status === 401 || answer.status === 403) throw new SignedOut();
    if (!answer.ok) throw new NoAnswer(String(answer.status));
    return await answer.json();
  } catch (failure) {
    if (failure instanceof SignedOut) throw failure;
    throw new NoAnswer(String(failure));
  } finally {
    clearTimeout(timer);
  }
}

export function sentence(refused) {
  const lines = (refused.problems || []).map((problem) => problem.message);
  return lines.length ? lines.join(" ") : refused.detail;
}
