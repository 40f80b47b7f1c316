/** The texts that a person compares: what the file would be, and what it was. */

import type { HunkView } from "../protocol/generated";
import { isProposed, isTrial } from "./hunks";
import { meets, replaceLines, type Span, sameText, spanOf, splitLines } from "./lines";

/** A text, and where the hunks that went into it stand in it. */
export interface Composed {
  readonly text: string;
  readonly places: ReadonlyMap<string, Span>;
}

/** The document with every waiting, fitting hunk applied. Hunks whose old text doesn't stand are left out. */
export function proposalText(current: string, hunks: readonly HunkView[]): Composed {
  return compose(current, hunks.filter(isProposed), (hunk) => [hunk.oldText, hunk.newText]);
}

/** The document as it was before the hunks that wait for keep or undo. */
export function baseText(current: string, hunks: readonly HunkView[]): Composed {
  return compose(current, hunks.filter(isTrial), (hunk) => [hunk.newText, hunk.oldText]);
}

function compose(current: string, hunks: readonly HunkView[], sides: (hunk: HunkView) => [string, string]): Composed {
  const lines = splitLines(current);
  const fitting: { id: string; span: Span; text: string }[] = [];
  let end = 0;
  for (const hunk of [...hunks].sort((a, b) => a.range.start.line - b.range.start.line || a.index - b.index)) {
    const span = spanOf(hunk.range);
    const [from, to] = sides(hunk);
    if (span.start >= end && sameText(lines.slice(span.start, span.end).join(""), from)) {
      fitting.push({ id: hunk.hunkId, span, text: to });
      end = span.end;
    }
  }
  const made = replaceLines(current, fitting);
  return { text: made.text, places: new Map(fitting.map((piece, index) => [piece.id, made.spans[index] as Span])) };
}

/** A change between a base and the document, as the editor's quick diff tells it: lines from 1, the end is part of it. */
export interface LineChange {
  readonly modifiedStartLineNumber: number;
  readonly modifiedEndLineNumber: number;
}

/** The hunks that a change of the quick diff shows. */
export function hunksOfChange(change: LineChange, hunks: readonly HunkView[]): HunkView[] {
  const { modifiedStartLineNumber: first, modifiedEndLineNumber: last } = change;
  // A pure deletion has the end 0, and stands after its start line.
  const span = last === 0 ? { start: first, end: first } : { start: first - 1, end: last };
  return hunks.filter((hunk) => isTrial(hunk) && meets(span, spanOf(hunk.range)));
}

/** What of a hunk's new side is selected: its lines from 0, `"all"`, or nothing. */
export function selectedLines(selection: Span, side: Span): Span | "all" | undefined {
  const start = Math.max(selection.start, side.start);
  const end = Math.min(selection.end, side.end);
  if (side.start === side.end) {
    return selection.start <= side.start && side.start < selection.end ? "all" : undefined;
  }
  if (start >= end) {
    return undefined;
  }
  return start === side.start && end === side.end ? "all" : { start: start - side.start, end: end - side.start };
}
