/** What went wrong, in words. */

import type { ErrorData, ErrorKind } from "../protocol/generated";
import { plain } from "./plain";

/** The daemon's error data, if this is an error that it sent. */
function dataOf(error: unknown): ErrorData | undefined {
  const data = (error as { data?: unknown } | null | undefined)?.data;
  return typeof data === "object" && data !== null && "kind" in data ? (data as ErrorData) : undefined;
}

/** Which error it is; undefined where it is not the daemon's. */
export function kindOf(error: unknown): ErrorKind | undefined {
  return dataOf(error)?.kind;
}

/** A sentence for a person, with what to do next where the daemon says so. */
export function inWords(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const hint = dataOf(error)?.hint;
  return hint ? `${sentence(message)} ${sentence(hint)}` : sentence(message);
}

function sentence(text: string): string {
  const trimmed = plain(text).trim();
  const first = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?…]$/.test(first) ? first : `${first}.`;
}
