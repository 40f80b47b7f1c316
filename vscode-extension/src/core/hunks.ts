/** What a hunk's state means for a person. */

import type { HunkView } from "../protocol/generated";
import { countLines } from "./lines";

/** `waiting`: can be accepted. `stale`: can be dismissed. `standing`: decided, its text is in the file. */
export type Standing = "waiting" | "stale" | "applying" | "unverified" | "standing" | "rejected" | "gone";

/** Whether it was applied before it was decided. */
export function isKept(hunk: HunkView): boolean {
  return hunk.policy === "keep";
}

/** Whether the person still has to decide it. */
export function isOpen(hunk: HunkView): boolean {
  if (hunk.decision) {
    return false;
  }
  return !isKept(hunk) || hunk.placement === "present" || hunk.placement === "unverified";
}

/** Whether its text is in the buffer already, and waits for keep or undo. */
export function isTrial(hunk: HunkView): boolean {
  return isKept(hunk) && !hunk.decision && hunk.placement === "present";
}

/** Whether it is shown as a proposal: open, fitting, its text not in the file yet. */
export function isProposed(hunk: HunkView): boolean {
  return isOpen(hunk) && hunk.fit === "clean" && hunk.placement === "absent";
}

/** Whether it is open but no longer fits. */
export function isStale(hunk: HunkView): boolean {
  return isOpen(hunk) && hunk.fit === "stale";
}

export function standing(hunk: HunkView): Standing {
  if (hunk.placement === "unverified") {
    return "unverified";
  }
  if (hunk.placement === "applying") {
    return "applying";
  }
  if (isOpen(hunk)) {
    return isStale(hunk) ? "stale" : "waiting";
  }
  if (hunk.decision === "accepted" && hunk.placement === "present") {
    return "standing";
  }
  if (hunk.decision === "accepted" && hunk.placement === "absent") {
    return "applying";
  }
  return hunk.decision === "rejected" ? "rejected" : "gone";
}

function lines(count: number): string {
  return count === 1 ? "1 line" : `${count} lines`;
}

/** "changes 3 lines", "adds 1 line", "removes 2 lines", "creates the file". */
export function summary(hunk: HunkView): string {
  return hunk.note ? `${effect(hunk)}, ${hunk.note}` : effect(hunk);
}

function effect(hunk: HunkView): string {
  const removed = countLines(hunk.oldText);
  const added = countLines(hunk.newText);
  if (hunk.op === "create" || hunk.op === "delete" || hunk.op === "move") {
    return { create: "creates the file", delete: "deletes the file", move: "moves the file" }[hunk.op];
  }
  if (removed === 0) {
    return `adds ${lines(added)}`;
  }
  return added === 0 ? `removes ${lines(removed)}` : `changes ${lines(Math.max(removed, added))}`;
}

/** "+3 −2" */
export function counts(hunk: HunkView): string {
  const added = countLines(hunk.newText);
  const removed = countLines(hunk.oldText);
  return [added > 0 ? `+${added}` : "", removed > 0 ? `−${removed}` : ""].filter(Boolean).join(" ");
}

/** "1 change in app.py waits for your decision", "3 changes in 2 files wait for your decision". */
export function waitWords(hunks: readonly HunkView[], nameOf: (uri: string) => string): string {
  const files = [...new Set(hunks.map((hunk) => hunk.uri))];
  const [only = ""] = files;
  const where = files.length === 1 ? nameOf(only) : `${files.length} files`;
  return hunks.length === 1
    ? `1 change in ${where} waits for your decision`
    : `${hunks.length} changes in ${where} wait for your decision`;
}

/** "2/3": its place among its proposal's hunks in the file. */
export function number(hunk: HunkView): string {
  return `${hunk.index + 1}/${hunk.total}`;
}

/** Why it can't be accepted as it is, in words. */
export function whyStale(hunk: HunkView): string {
  switch (hunk.staleReason) {
    case "gone":
      return "the file is gone or was replaced";
    case "dependency":
      return "it builds on a change that was not accepted";
    default:
      return "these lines were changed meanwhile";
  }
}

/** The first line of its new side that has something on it, else of its old side: what tells it apart in a list. */
export function gist(hunk: HunkView, most = 32): string {
  const first = (text: string) =>
    text
      .split(/\r\n|\r|\n/)
      .find((line) => line.trim() !== "")
      ?.trim();
  const line = first(hunk.newText) ?? first(hunk.oldText) ?? "blank lines";
  return line.length <= most ? line : `${line.slice(0, most - 1).trimEnd()}…`;
}
