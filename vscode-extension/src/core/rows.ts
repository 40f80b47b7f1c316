/** The rows of the view of changes: proposals, their files, their hunks. Of very many hunks the first, and how many more. */

import type { HunkView } from "../protocol/generated";
import { isOpen } from "./hunks";
import type { Proposal } from "./hunkStore";

/** As many rows are made under one at first, and as many more each time that a person asks. */
export const ROWS = 100;

/** Rows of one kind under one row, in order. `left`: how many are not shown. */
export interface Rows<T> {
  readonly items: readonly T[];
  readonly left: number;
}

/** A proposal's file. */
export interface FileGroup {
  readonly uri: string;
  readonly hunks: readonly HunkView[];
}

/** A proposal's files, in their order. */
export function filesOf(hunks: Proposal["hunks"]): FileGroup[] {
  const files = new Map<string, HunkView[]>();
  for (const hunk of hunks) {
    const mine = files.get(hunk.uri) ?? [];
    mine.push(hunk);
    files.set(hunk.uri, mine);
  }
  return [...files].map(([uri, mine]) => ({ uri, hunks: mine }));
}

/** The first rows. */
export function firstRows<T>(items: readonly T[], most: number): Rows<T> {
  return { items: items.slice(0, most), left: Math.max(0, items.length - most) };
}

/** The first hunks by place; where not all are shown, what still waits comes first. */
export function firstHunks(hunks: readonly HunkView[], most: number): Rows<HunkView> {
  const all = hunks.length <= most ? hunks : [...hunks.filter(isOpen), ...hunks.filter((hunk) => !isOpen(hunk))];
  return firstRows(all, most);
}
