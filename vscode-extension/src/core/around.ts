/** What happens to the model's calls, and what they cost, in words. */

import type { SessionUpdate, UsageUpdate } from "../protocol/generated";
import { plain } from "./plain";

/** What an update tells of the model's calls; nothing where it tells of something else. */
export function aroundCalls(update: SessionUpdate): string | undefined {
  switch (update.sessionUpdate) {
    case "retrying":
      return `${clause(update.message)}; next try in ${time(update.waitSeconds)}`;
    case "model_switched":
      return `The agent goes on with ${plain(update.model)}: ${clause(update.why)}`;
    case "feature_lowered":
      return clause(update.why).endsWith(" is used") // then nothing is left out
        ? clause(update.why)
        : `${plain(update.model)} goes on without ${plain(update.feature)}: ${clause(update.why)}`;
    case "compacted":
      return update.before != null && update.after != null
        ? `The conversation was made smaller: ${tokens(update.before)} to ${tokens(update.after)} tokens`
        : "The conversation was made smaller";
    case "budget_warning":
      return update.unit === "dollars"
        ? `${dollars(Number(update.spent))} of the session’s budget of ${dollars(Number(update.limit))} are spent`
        : `${tokens(Number(update.spent))} of the session’s budget of ${tokens(Number(update.limit))} tokens are spent`;
    default:
      return undefined;
  }
}

/** What a session cost, in the width of a status bar: its price, or its tokens where no price is known. */
export function costWords(update: UsageUpdate): string {
  const used = update._meta?.harness.tokens ?? update.used;
  return update.cost ? dollars(update.cost.amount) : `${tokens(used)} tokens`;
}

/** The same in a sentence or two. */
export function costSentence(update: UsageUpdate): string {
  const ours = update._meta?.harness;
  const spent = `This session used ${tokens(ours?.tokens ?? update.used)} tokens`;
  const price = update.cost ? `, ${dollars(update.cost.amount)}` : "";
  const unknown = ours && ours.unpriced > 0 ? ` Of ${several(ours.unpriced, "call")} the price is not known.` : "";
  const window =
    update.size > 0 ? ` The model’s window is ${Math.round((100 * update.used) / update.size)} % full.` : "";
  return `${spent}${price}.${unknown}${window}`;
}

/** `$12.35`; below a dollar with four decimals, because a call costs that little. */
export function dollars(amount: number): string {
  if (amount === 0) {
    return "$0";
  }
  return amount < 0.0001 ? "under $0.0001" : `$${amount.toFixed(amount >= 1 ? 2 : 4)}`;
}

/** `999`, `12.3k`, `1.23M`. */
export function tokens(count: number): string {
  if (count < 1000) {
    return String(count);
  }
  return count < 999_950 ? `${(count / 1000).toFixed(1)}k` : `${(count / 1_000_000).toFixed(2)}M`;
}

/** From two minutes on in minutes. */
function time(seconds: number): string {
  return seconds >= 120 ? `${(seconds / 60).toFixed(0)} min` : `${seconds.toFixed(seconds >= 1 ? 0 : 1)} s`;
}

function several(count: number, what: string): string {
  return count === 1 ? `1 ${what}` : `${count} ${what}s`;
}

/** A sentence without its full stop. */
function clause(text: string): string {
  return plain(text.trim()).replace(/\.+$/, "");
}
