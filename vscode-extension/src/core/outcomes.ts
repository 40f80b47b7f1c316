/** What came of decisions, in words for a person; silence where it went as they wished. */

import type { HunkOutcome } from "../protocol/generated";
import { plain } from "./plain";

const AS_WISHED: ReadonlySet<string> = new Set(["present", "rejected", "removed"]);

/** Whether an outcome has to be said. The message of a rejection is the person's own reason. */
export function asksWords(outcome: HunkOutcome): boolean {
  return !AS_WISHED.has(outcome.outcome) || Boolean(outcome.kind);
}

function words(outcome: HunkOutcome): string {
  if (outcome.message) {
    return plain(outcome.message);
  }
  switch (outcome.outcome) {
    case "stale":
      return "It no longer fits: the text changed there. Nothing was done.";
    case "absent":
      return "It is accepted, but could not be applied yet.";
    case "unverified":
      return "It was applied, but something else stands there now: look at the text.";
    case "already_decided":
      return "It was decided already.";
    case "withdrawn":
    case "expired":
      return "It can't be decided any more.";
    case "unknown":
      return "There is no such hunk any more.";
    default:
      return "Nothing was done.";
  }
}

/** One message for all of them. */
export function outcomeWords(outcomes: readonly HunkOutcome[]): string {
  const said = [...new Set(outcomes.map(words))];
  const start = outcomes.length === 1 ? "" : `${outcomes.length} hunks: `;
  return start + said.join(" ");
}
