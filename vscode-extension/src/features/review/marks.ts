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
import { type Span, spanOf } from "../../core/lines";
import { isBeyond, joined, MOST_MARKS, nearest } from "../../core/near";
import type { HunkView } from "../../protocol/generated";
import type { Review } from "./review";
import { middle, onScroll, seenIn } from "./seen";

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

/** Where there are too many for a mark each, the ruler has all of them all the same. */
const RULER = window.createTextEditorDecorationType({
  overviewRulerColor: new ThemeColor("harnessBridge.proposalRuler"),
  overviewRulerLane: OverviewRulerLane.Right,
});
/** A ruler is some hundreds of pixels high: what is closer than one of so many parts of a document is one mark there. */
const RULER_PARTS = 400;

const KINDS = Object.keys(TYPES) as Kind[];

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
  /** The lines for which there are marks, by editor. */
  private readonly shown = new WeakMap<TextEditor, Span>();

  constructor(private readonly review: Review) {
    this.subscriptions = [
      review.onDidChange((uris) => this.draw((editor) => uris.has(editor.document.uri.toString()))),
      window.onDidChangeVisibleTextEditors(() => this.draw(() => true)),
      ...onScroll((uris) => this.draw((editor) => uris.has(editor.document.uri.toString()) && this.isPassed(editor))),
    ];
    this.draw(() => true);
  }

  dispose(): void {
    for (const one of [...this.subscriptions, ...Object.values(TYPES), RULER]) {
      one.dispose();
    }
  }

  private draw(concerns: (editor: TextEditor) => boolean): void {
    for (const editor of window.visibleTextEditors) {
      if (editor.document.uri.scheme === "file" && concerns(editor)) {
        this.drawIn(editor);
      }
    }
  }

  private drawIn(editor: TextEditor): void {
    // A diff has its own colours; only what is outside of one is marked.
    const hunks = editor.viewColumn === undefined ? [] : this.review.store.open(editor.document.uri.toString());
    const near = nearest(hunks, ({ range }) => range.start.line, middle(seenIn(editor)), MOST_MARKS);
    this.shown.set(editor, near.lines);
    const marks: Record<Kind, DecorationOptions[]> = { proposed: [], stale: [], trial: [], removed: [] };
    for (const hunk of near.items) {
      const kind = kindOf(hunk);
      if (kind) {
        marks[kind].push(mark(hunk, editor));
      }
    }
    for (const kind of KINDS) {
      editor.setDecorations(TYPES[kind], marks[kind]);
    }
    const all = near.items.length < hunks.length ? hunks.map((hunk) => spanOf(hunk.range)) : [];
    const bars = joined(all, editor.document.lineCount / RULER_PARTS);
    editor.setDecorations(
      RULER,
      bars.map(({ start, end }) => new Range(start, 0, Math.max(start, end - 1), 0)),
    );
  }

  private isPassed(editor: TextEditor): boolean {
    const lines = this.shown.get(editor);
    return lines !== undefined && isBeyond(lines, seenIn(editor));
  }
}
