/** Which hunk, file or proposal a command means: the one it was given, or what is under the cursor. */

import { type TextEditor, Uri, window } from "vscode";
import { meets, type Span, spanOf } from "../../core/lines";
import type { HunkView } from "../../protocol/generated";
import type { Review } from "./review";
import { HUNK, PROPOSAL, type ReviewTexts, realUri } from "./texts";

/** What commands of lists are given: a row names what it stands for. */
export interface Row {
  readonly hunkId?: string;
  readonly fileUri?: string;
  readonly proposalId?: string;
}

export class Targets {
  constructor(
    private readonly review: Review,
    private readonly texts: ReviewTexts,
  ) {}

  /** The hunk that is meant: an id, a row, or the one at the cursor. */
  hunk(given: unknown): HunkView | undefined {
    const id = typeof given === "string" ? given : (given as Row | undefined)?.hunkId;
    return id ? this.review.store.get(id) : this.atCursor(window.activeTextEditor);
  }

  /** The open hunk that the cursor is on. */
  atCursor(editor: TextEditor | undefined): HunkView | undefined {
    const line = editor?.selection.active.line ?? 0;
    return this.touched(editor, { start: line, end: line + 1 })[0]?.hunk;
  }

  /** The open hunks that lines touch, and where they stand in the document that is shown. */
  touched(editor: TextEditor | undefined, lines: Span): { hunk: HunkView; place: Span }[] {
    if (!editor) {
      return [];
    }
    const { uri } = editor.document;
    if (uri.scheme !== PROPOSAL) {
      return this.review.store.open(uri.toString()).flatMap((hunk) => at(hunk, spanOf(hunk.range), lines));
    }
    return [...this.texts.places(uri)].flatMap(([id, place]) => at(this.review.store.get(id), place, lines));
  }

  /** The file that is meant: a row's, a document's (a virtual one stands for the real one), the active editor's. */
  file(given: unknown): Uri | undefined {
    const row = given as Row | undefined;
    if (row?.fileUri) {
      return Uri.parse(row.fileUri);
    }
    const uri = given instanceof Uri ? given : window.activeTextEditor?.document.uri;
    return uri && [PROPOSAL, HUNK].includes(uri.scheme) ? realUri(uri) : uri;
  }
}

function at(hunk: HunkView | undefined, place: Span, lines: Span): { hunk: HunkView; place: Span }[] {
  return hunk && meets(place, lines) ? [{ hunk, place }] : [];
}
