/** What of a document is on the screen. */

import { type Disposable, type TextDocument, type TextEditor, window } from "vscode";
import { Gathering } from "../../core/gathering";
import type { Span } from "../../core/lines";

/** A person who scrolls gets what comes into sight so much later. */
const SCROLL_MS = 100;

/** The lines of an editor that are seen. */
export function seenIn(editor: TextEditor): Span {
  const [first, last] = [editor.visibleRanges[0], editor.visibleRanges.at(-1)];
  return { start: first?.start.line ?? 0, end: (last?.end.line ?? 0) + 1 };
}

/** The middle line of what is seen. */
export function middle({ start, end }: Span): number {
  return (start + end) >> 1;
}

/** The editors that show a document. */
export function editorsOf(document: TextDocument): TextEditor[] {
  return window.visibleTextEditors.filter((editor) => editor.document === document);
}

/** Call `tell` with the documents, by URI, that were scrolled. */
export function onScroll(tell: (uris: ReadonlySet<string>) => void): Disposable[] {
  const scrolled = new Gathering(SCROLL_MS, tell);
  const event = window.onDidChangeTextEditorVisibleRanges(({ textEditor }) =>
    scrolled.add([textEditor.document.uri.toString()]),
  );
  return [scrolled, event];
}
