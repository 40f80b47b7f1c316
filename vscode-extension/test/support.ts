/** Hunks for tests. */

import type { HunkView } from "../src/protocol/generated";

/** A waiting hunk that replaces `oldText` at a line. */
export function hunk(
  id: string,
  line: number,
  oldText: string,
  newText: string,
  more: Partial<HunkView> = {},
): HunkView {
  const end = line + oldText.split("\n").length - 1;
  return {
    hunkId: id,
    proposalId: "p1",
    sessionId: "s1",
    uri: "file:///w/a.py",
    op: "edit",
    range: { start: { line, character: 0 }, end: { line: end, character: 0 } },
    oldText,
    newText,
    digest: "",
    placement: "absent",
    fit: "clean",
    index: 0,
    total: 1,
    title: "Change a.py",
    policy: "ask",
    atomic: false,
    ...more,
  };
}
