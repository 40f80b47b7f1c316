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

/** One change, made ready to move many spans. */
export interface Move {
  /** The first and the last line that it concerns. */
  readonly first: number;
  readonly until: number;
  /** The last line that it takes something from. */
  readonly last: number;
  /** Whether it puts whole lines right above `first`, and takes none. */
  readonly isAbove: boolean;
  /** How many lines there are more after it. */
  readonly delta: number;
}

/** Where a span is after changes. `sure`: none of them touched it, so there is nothing to ask the daemon. */
export interface Followed {
  readonly span: Span;
  readonly sure: boolean;
}

/** The changes that are remembered; older ranges can't be brought up to date. */
const MOST = 200;

export function moveOf({ range: { start, end }, text }: Change): Move {
  const isAbove = start.character === 0 && end.character === 0 && start.line === end.line && text.endsWith("\n");
  return {
    first: start.line,
    until: end.line,
    // One that ends before a line's first character leaves that line out.
    last: end.character === 0 && end.line > start.line ? end.line - 1 : end.line,
    isAbove,
    delta: text.split("\n").length - 1 - (end.line - start.line),
  };
}

/** Where a span is after a change. Lines that touch it stay outside; a change inside of it stretches it. */
export function moved(span: Span, { first, last, isAbove, delta }: Move): Span {
  if (last < span.start || (isAbove && first === span.start)) {
    return delta === 0 ? span : { start: span.start + delta, end: span.end + delta };
  }
  if (first >= span.end) {
    return span;
  }
  const start = Math.min(span.start, first);
  const end = Math.max(start, Math.max(span.end, last + 1) + delta);
  return start === span.start && end === span.end ? span : { start, end };
}

/** Follow changes, one after the other. A change of the line beside a span touches it: text may have moved in or out. */
export function follow(span: Span, moves: readonly Move[]): Followed {
  let at = span;
  let sure = true;
  for (const move of moves) {
    sure &&= move.until < at.start - 1 || move.first > at.end;
    at = moved(at, move);
  }
  return { span: at, sure };
}

/** The lines that changes may touch or move: a span that ends before them, or starts after them, stays as it is. */
export function reach(moves: readonly Move[]): Span {
  let [start, end] = [Infinity, -Infinity];
  for (const { first, until, delta } of moves) {
    start = Math.min(start, first - 1);
    end = delta === 0 ? Math.max(end, until + 2) : Infinity;
  }
  return { start, end };
}

/** The latest changes of one document, by the version that each led to. */
export class Trail {
  private readonly steps: { version: number; moves: readonly Move[] }[] = [];

  /** Remember what led to a version; returns it made ready. */
  record(version: number, changes: readonly Change[]): readonly Move[] {
    const moves = changes.map(moveOf);
    this.steps.push({ version, moves });
    if (this.steps.length > MOST) {
      this.steps.shift();
    }
    return moves;
  }

  /** A span of an earlier version, in the latest one; undefined where the changes in between are not known. */
  bring(span: Span, from: number, now: number): Followed | undefined {
    if (from === now) {
      return { span, sure: true };
    }
    const steps = this.steps.filter((step) => step.version > from && step.version <= now);
    if (from > now || steps[0]?.version !== from + 1) {
      return undefined;
    }
    let found: Followed = { span, sure: true };
    for (const { moves } of steps) {
      const next = follow(found.span, moves);
      found = { span: next.span, sure: found.sure && next.sure };
    }
    return found;
  }
}
