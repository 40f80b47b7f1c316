/** How spans of whole lines follow the typing in a document, until the daemon tells where they really are. */

import type { Span } from "./lines";

/** One change of a document, as the editor tells it. */
export interface Change {
  readonly range: {
    readonly start: { readonly line: number; readonly character: number };
    readonly end: { readonly line: number; readonly character: number };
  };
  readonly text: string;
}

/** The changes that are remembered; older ranges can't be brought up to date. */
const MOST = 200;

/** The last line that a change takes something from; one that ends before a line's first character leaves that out. */
function lastLine({ range: { start, end } }: Change): number {
  return end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
}

/** Whether a change puts whole lines right above a line, and takes none. */
function putsAbove({ range: { start, end }, text }: Change, line: number): boolean {
  const at = [start.line, start.character, end.line, end.character].join();
  return at === [line, 0, line, 0].join() && text.endsWith("\n");
}

/** Where a span is after a change. Lines that touch it stay outside; a change inside of it stretches it. */
export function shift(span: Span, change: Change): Span {
  const { start, end } = change.range;
  const delta = change.text.split("\n").length - 1 - (end.line - start.line);
  const last = lastLine(change);
  if (last < span.start || putsAbove(change, span.start)) {
    return { start: span.start + delta, end: span.end + delta };
  }
  if (start.line >= span.end) {
    return span;
  }
  const from = Math.min(span.start, start.line);
  return { start: from, end: Math.max(from, Math.max(span.end, last + 1) + delta) };
}

/** The latest changes of one document, by the version that each led to. */
export class Trail {
  private readonly steps: { version: number; changes: readonly Change[] }[] = [];

  /** Remember what led to a version. */
  record(version: number, changes: readonly Change[]): void {
    this.steps.push({ version, changes });
    if (this.steps.length > MOST) {
      this.steps.shift();
    }
  }

  /** A span of an earlier version, in the latest one; undefined where the changes in between are not known. */
  bring(span: Span, from: number, now: number): Span | undefined {
    if (from === now) {
      return span;
    }
    const steps = this.steps.filter((step) => step.version > from && step.version <= now);
    if (from > now || steps[0]?.version !== from + 1) {
      return undefined;
    }
    return steps.flatMap((step) => step.changes).reduce(shift, span);
  }
}
