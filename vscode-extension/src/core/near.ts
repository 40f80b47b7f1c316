/** Of very many things in a document, those near the person: an editor with thousands of marks is slow and no help. */

import type { Span } from "./lines";

/** As many hunks of a document have lenses; the daemon shows no more to clients that it serves by standard LSP. */
export const MOST_LENSES = 200;
/** As many hunks of a document have marks, which are cheaper. */
export const MOST_MARKS = 1000;

/** New ones are shown when so few lines are left to the last one that is. */
const MARGIN = 20;

/** What is shown, and the lines for which that is enough. */
export interface Near<T> {
  readonly items: readonly T[];
  /** Half open; without end on a side on which nothing was left out. */
  readonly lines: Span;
}

/** The `most` items nearest to a line. They must be in the order of their lines. */
export function nearest<T>(items: readonly T[], lineOf: (item: T) => number, line: number, most: number): Near<T> {
  let from = firstFrom(items, lineOf, line);
  let to = from;
  while (to - from < most && to - from < items.length) {
    const before = items[from - 1];
    const after = items[to];
    if (after === undefined || (before !== undefined && line - lineOf(before) <= lineOf(after) - line)) {
      from -= 1;
    } else {
      to += 1;
    }
  }
  const shown = items.slice(from, to);
  const [first, last] = [shown[0], shown.at(-1)];
  return {
    items: shown,
    lines: {
      start: from === 0 || first === undefined ? -Infinity : lineOf(first),
      end: to === items.length || last === undefined ? Infinity : lineOf(last) + 1,
    },
  };
}

/** Whether a person who sees these lines is about to see what is not shown. */
export function isBeyond(shown: Span, seen: Span): boolean {
  return seen.start - MARGIN < shown.start || seen.end + MARGIN > shown.end;
}

/** Which of very many items in one document are shown. They stay while the person does, so that little moves. */
export class Nearby {
  private lines: Span | undefined;
  private count = 0;

  /** Those to show to a person who sees these lines. The items must be in the order of their lines. */
  choose<T>(items: readonly T[], lineOf: (item: T) => number, seen: Span, most: number): readonly T[] {
    const inside = this.inside(items, lineOf, seen);
    if (inside && inside.length <= most) {
      this.count = inside.length;
      return inside;
    }
    // An editor whose height stays the same does not see that what is above the person has less or more lenses now,
    // and jumps. So there never are as many elsewhere as there were here.
    const room = this.count === most ? most - 1 : most;
    const near = nearest(items, lineOf, (seen.start + seen.end) >> 1, room);
    this.lines = near.lines;
    this.count = near.items.length;
    return near.items;
  }

  /** Whether the person is about to see what is not shown. */
  isPassed(seen: Span): boolean {
    return this.lines !== undefined && isBeyond(this.lines, seen);
  }

  private inside<T>(items: readonly T[], lineOf: (item: T) => number, seen: Span): readonly T[] | undefined {
    const { lines } = this;
    if (!lines || isBeyond(lines, seen)) {
      return undefined;
    }
    return items.slice(firstFrom(items, lineOf, lines.start), firstFrom(items, lineOf, lines.end));
  }
}

/** Spans in order, with those joined that are less than a gap apart. */
export function joined(spans: readonly Span[], gap: number): Span[] {
  const found: { start: number; end: number }[] = [];
  for (const { start, end } of spans) {
    const last = found.at(-1);
    if (last && start - last.end < gap) {
      last.end = Math.max(last.end, end);
    } else {
      found.push({ start, end });
    }
  }
  return found;
}

/** The index of the first item that is on a line or after it. */
function firstFrom<T>(items: readonly T[], lineOf: (item: T) => number, line: number): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lineOf(items[middle] as T) < line) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
