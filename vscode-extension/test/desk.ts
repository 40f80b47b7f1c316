/** The review with an editor and a daemon in memory. */

import type { Memento } from "vscode";
import type { Comments } from "../src/features/review/comments";
import { Review } from "../src/features/review/review";
import type { HunkView } from "../src/protocol/generated";
import { Sessions } from "../src/session";
import { FakeDaemon } from "./fakes/daemon";
import { EventEmitter, editor, type Range, Uri, window, workspace } from "./fakes/vscode";

export const A = "file:///w/a.py";

export const MEMORY = { get: () => undefined, update: () => Promise.resolve() } as unknown as Memento;
export const NO_COMMENTS = {
  on: () => undefined,
  count: 0,
  onDidChange: new EventEmitter().event,
} as unknown as Comments;

export function desk(answers: ConstructorParameters<typeof FakeDaemon>[0] = {}) {
  editor.said.length = 0;
  editor.presses = "";
  const document = { uri: Uri.parse(A), version: 1, lineCount: 20_000 };
  const shown = { document, visibleRanges: [] as Range[] };
  workspace.textDocuments = [document];
  window.visibleTextEditors = [shown];
  const fake = new FakeDaemon(answers);
  const sessions = new Sessions(fake.daemon, MEMORY);
  const review = new Review(fake.daemon, sessions);
  return {
    fake,
    sessions,
    review,
    document,
    shown,
    put: (hunk: HunkView) => fake.tell({ sessionUpdate: "hunk_update", hunk }),
    /** Put text at a place, as the person does. */
    type: (line: number, character: number, text: string) => {
      document.version += 1;
      const at = { line, character };
      editor.changed.fire({ document, contentChanges: [{ range: { start: at, end: at }, text }] });
    },
    dispose: () => {
      review.dispose();
      sessions.dispose();
    },
  };
}

/** Wait until something is so. */
export async function until(is: () => boolean, within = 5000): Promise<void> {
  for (const end = Date.now() + within; !is();) {
    if (Date.now() > end) {
      throw new Error(`not within ${within} ms: ${is.toString()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
