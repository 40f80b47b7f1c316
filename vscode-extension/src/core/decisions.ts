/** What a person's choices come to: which requests, about which hunks, or which of their lines. */

import type { HunkChoice, HunkOutcome, HunkVerdict, HunkView } from "../protocol/generated";
import { isTrial } from "./hunks";
import type { Span } from "./lines";
import { selectedLines } from "./texts";

/** The selected lines of a proposal, in as many hunks as they are in. Of a hunk wholly selected, the hunk itself. */
export function choicesOf(
  lines: Span,
  touched: readonly { readonly hunk: HunkView; readonly place: Span }[],
  verdict: HunkVerdict,
): HunkChoice[] {
  return touched.flatMap(({ hunk, place }): HunkChoice[] => {
    const part = selectedLines(lines, place);
    const choice: HunkChoice = { hunkId: hunk.hunkId, verdict };
    return part === undefined ? [] : [part === "all" ? choice : { ...choice, lines: part }];
  });
}

/** Decisions, and hunks to take out of the text, by the reason for it. */
export interface Requests {
  readonly decide: HunkChoice[];
  readonly undo: ReadonlyMap<string, string[]>;
}

/** A hunk that stands on trial is rejected by undoing it: that is refused, and not half done, where others stand on it. */
export function requestsOf(choices: readonly HunkChoice[], hunkOf: (id: string) => HunkView | undefined): Requests {
  const decide: HunkChoice[] = [];
  const undo = new Map<string, string[]>();
  for (const choice of choices) {
    const hunk = hunkOf(choice.hunkId);
    if (choice.verdict === "reject" && !choice.lines && hunk && isTrial(hunk)) {
      const reason = choice.reason ?? "";
      const ids = undo.get(reason) ?? [];
      ids.push(choice.hunkId);
      undo.set(reason, ids);
    } else {
      decide.push(choice);
    }
  }
  return { decide, undo };
}

/** The hunks that were asked for, and those that stand on one of them: what can be undone together. */
export function withBlockers(ids: readonly string[], outcomes: readonly HunkOutcome[]): string[] {
  return [...new Set([...ids, ...outcomes.flatMap((one) => one.blockedBy ?? [])])];
}
