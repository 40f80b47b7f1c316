/** The context keys by which menus, keys and welcome texts know what goes on. */

import { commands } from "vscode";

type Key =
  | "state"
  | "known"
  | "working"
  | "questions"
  | "waiting"
  | "comments"
  | "onHunk"
  | "onStale"
  | "fileHasHunks"
  | "inReview";

const known = new Map<Key, unknown>();

/** Set a key; the editor is told only if it changed. */
export function setContext(key: Key, value: string | number | boolean): void {
  if (known.get(key) !== value) {
    known.set(key, value);
    void commands.executeCommand("setContext", `harnessBridge.${key}`, value);
  }
}
