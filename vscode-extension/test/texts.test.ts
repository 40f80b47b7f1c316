import assert from "node:assert/strict";
import test from "node:test";
import { baseText, hunksOfChange, proposalText, selectedLines } from "../src/core/texts";
import { hunk } from "./support";

const TEXT = "a\nb\nc\nd\n";

test("a proposal is the text with what waits in place", () => {
  const hunks = [hunk("h2", 3, "d\n", "D\nE\n"), hunk("h1", 0, "a\n", ""), hunk("h3", 2, "", "new\n")];
  const { text, places } = proposalText(TEXT, hunks);
  assert.equal(text, "b\nnew\nc\nD\nE\n");
  assert.deepEqual(Object.fromEntries(places), {
    h1: { start: 0, end: 0 },
    h3: { start: 1, end: 2 },
    h2: { start: 3, end: 5 },
  });
});

test("stale, decided and applied hunks are no part of it", () => {
  const hunks = [
    hunk("h1", 0, "a\n", "A\n", { fit: "stale" }),
    hunk("h2", 1, "b\n", "B\n", { decision: "rejected" }),
    hunk("h3", 2, "c\n", "C\n", { policy: "keep", placement: "present" }),
  ];
  assert.equal(proposalText(TEXT, hunks).text, TEXT);
});

test("a hunk whose old text does not stand at its place is left out rather than shown wrongly", () => {
  const { text, places } = proposalText(TEXT, [hunk("h1", 1, "a\n", "A\n"), hunk("h2", 3, "d\n", "D\n")]);
  assert.equal(text, "a\nb\nc\nD\n");
  assert.deepEqual([...places.keys()], ["h2"]);
});

test("of two hunks on the same lines the first is shown", () => {
  const { places } = proposalText(TEXT, [hunk("h1", 0, "a\nb\n", "x\n"), hunk("h2", 1, "b\n", "y\n", { index: 1 })]);
  assert.deepEqual([...places.keys()], ["h1"]);
});

test("other line endings than the document's fit all the same", () => {
  assert.equal(proposalText("a\r\nb\r\n", [hunk("h1", 0, "a\n", "A\r\n")]).text, "A\r\nb\r\n");
});

test("a file without a last line ending, and a new file", () => {
  assert.equal(proposalText("a\nb", [hunk("h1", 1, "b", "b\nc", { range: range(1, 2) })]).text, "a\nb\nc");
  assert.equal(proposalText("", [hunk("h1", 0, "", "x = 1\n", { op: "create" })]).text, "x = 1\n");
});

test("the base is the text before what waits for keep or undo", () => {
  const kept = { policy: "keep" as const, placement: "present" as const };
  const hunks = [
    hunk("h1", 0, "old\n", "a\n", { ...kept, range: range(0, 1) }),
    hunk("h2", 2, "gone\n", "", { ...kept, range: range(2, 2) }),
    hunk("h3", 3, "was d\n", "d\n", { ...kept, range: range(3, 4), decision: "accepted" }),
  ];
  assert.equal(baseText(TEXT, hunks).text, "old\nb\ngone\nc\nd\n");
});

test("what the quick diff shows is found by its lines", () => {
  const kept = { policy: "keep" as const, placement: "present" as const };
  const hunks = [
    hunk("h1", 0, "", "a\n", { ...kept, range: range(0, 1) }),
    hunk("h2", 2, "gone\n", "", { ...kept, range: range(2, 2) }),
    hunk("h3", 3, "", "d\n", { ...kept, range: range(3, 4) }),
    hunk("h4", 3, "", "d\n"),
  ];
  const found = (first: number, last: number) =>
    hunksOfChange({ modifiedStartLineNumber: first, modifiedEndLineNumber: last }, hunks).map((one) => one.hunkId);
  assert.deepEqual(found(1, 1), ["h1"]);
  assert.deepEqual(found(2, 0), ["h2"]);
  assert.deepEqual(found(4, 4), ["h3"]);
  assert.deepEqual(found(2, 2), []);
});

test("a selection names lines of the new side", () => {
  const side = { start: 10, end: 14 };
  assert.deepEqual(selectedLines({ start: 11, end: 13 }, side), { start: 1, end: 3 });
  assert.deepEqual(selectedLines({ start: 5, end: 12 }, side), { start: 0, end: 2 });
  assert.equal(selectedLines({ start: 10, end: 14 }, side), "all");
  assert.equal(selectedLines({ start: 0, end: 99 }, side), "all");
  assert.equal(selectedLines({ start: 14, end: 15 }, side), undefined);
  assert.equal(selectedLines({ start: 9, end: 11 }, { start: 10, end: 10 }), "all");
  assert.equal(selectedLines({ start: 11, end: 12 }, { start: 10, end: 10 }), undefined);
});

function range(start: number, end: number) {
  return { start: { line: start, character: 0 }, end: { line: end, character: 0 } };
}
