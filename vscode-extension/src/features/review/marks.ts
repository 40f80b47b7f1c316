/** Marks in the text: a light one where the agent proposes something, green where its text stands already. */

import {
  type DecorationOptions,
  type Disposable,
  MarkdownString,
  OverviewRulerLane,
  Range,
  type TextEditor,
  type TextEditorDecorationType,
  ThemeColor,
  window,
} from "vscode";
import { isProposed, isStale, isTrial, summary, whyStale } from "../../core/hunks";
import { spanOf } from "../../core/lines";
import type { HunkView } from "../../protocol/generated";
import type { Review } from "./review";

type Kind = "proposed" | "stale" | "trial" | "removed";

const TYPES: Record<Kind, TextEditorDecorationType> = {
  proposed: window.createTextEditorDecorationType({
    isWholeLine: true,
    borderWidth: "0 0 0 2px",
    borderStyle: "solid",
    borderColor: new ThemeColor("harnessBridge.proposalRuler"),
    overviewRulerColor: new ThemeColor("harnessBridge.proposalRuler"),
    overviewRulerLane: OverviewRulerLane.Right,
  }),
  stale: window.createTextEditorDecorationType({
    isWholeLine: true,
    borderWidth: "0 0 0 2px",
    borderStyle: "dotted",
    borderColor: new ThemeColor("harnessBridge.staleRuler"),
    overviewRulerColor: new ThemeColor("harnessBridge.staleRuler"),
    overviewRulerLane: OverviewRulerLane.Right,
  }),
  trial: window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new ThemeColor("diffEditor.insertedLineBackground"),
    overviewRulerColor: new ThemeColor("editorOverviewRuler.addedForeground"),
    overviewRulerLane: OverviewRulerLane.Full,
  }),
  removed: window.createTextEditorDecorationType({
    isWholeLine: true,
    borderWidth: "1px 0 0 0",
    borderStyle: "dashed",
    borderColor: new ThemeColor("editorOverviewRuler.deletedForeground"),
    overviewRulerColor: new ThemeColor("editorOverviewRuler.deletedForeground"),
    overviewRulerLane: OverviewRulerLane.Full,
  }),
};

function kindOf(hunk: HunkView): Kind | undefined {
  if (isStale(hunk)) {
    return "stale";
  }
  if (isTrial(hunk)) {
    return hunk.newText === "" ? "removed" : "trial";
  }
  return isProposed(hunk) ? "proposed" : undefined;
}

function mark(hunk: HunkView, editor: TextEditor): DecorationOptions {
  const { start, end } = spanOf(hunk.range);
  const last = editor.document.lineCount - 1;
  const range = new Range(Math.min(start, last), 0, Math.min(Math.max(start, end - 1), last), 0);
  const words = isStale(hunk)
    ? `The agent’s change no longer fits: ${whyStale(hunk)}.`
    : `Agent ${summary(hunk)}: ${hunk.title}`;
  return { range, hoverMessage: new MarkdownString().appendText(words) };
}

export class Marks implements Disposable {
  private readonly subscriptions: Disposable[];

  constructor(private readonly review: Review) {
    this.subscriptions = [
      review.onDidChange((uris) => this.draw((uri) => uris.has(uri))),
      window.onDidChangeVisibleTextEditors(() => this.draw(() => true)),
    ];
    this.draw(() => true);
  }

  dispose(): void {
    for (const one of [...this.subscriptions, ...Object.values(TYPES)]) {
      one.dispose();
    }
  }

  private draw(concerns: (uri: string) => boolean): void {
    for (const editor of window.visibleTextEditors) {
      const uri = editor.document.uri.toString();
      if (editor.document.uri.scheme === "file" && concerns(uri)) {
        // A diff has its own colours; only what is outside of one is marked.
        const hunks = editor.viewColumn === undefined ? [] : this.review.store.open(uri);
        for (const [kind, type] of Object.entries(TYPES)) {
          const mine = hunks.filter((hunk) => kindOf(hunk) === kind);
          editor.setDecorations(
            type,
            mine.map((hunk) => mark(hunk, editor)),
          );
        }
      }
    }
  }
}
