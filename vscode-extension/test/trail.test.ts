import assert from "node:assert/strict";
import test from "node:test";
import { type Change, shift, Trail } from "../src/core/trail";

function change(line: number, character: number, endLine: number, endCharacter: number, text: string): Change {
  return { range: { start: { line, character }, end: { line: endLine, character: endCharacter } }, text };
}

const SPAN = { start: 5, end: 8 };

test("lines that come or go above move a span", () => {
  assert.deepEqual(shift(SPAN, change(0, 0, 0, 0, "a\nb\n")), { start: 7, end: 10 });
  assert.deepEqual(shift(SPAN, change(1, 0, 3, 0, "")), { start: 3, end: 6 });
  assert.deepEqual(shift(SPAN, change(4, 3, 4, 3, "\nx")), { start: 6, end: 9 });
});

test("a whole line put right above moves it", () => {
  assert.deepEqual(shift(SPAN, change(5, 0, 5, 0, "new\n")), { start: 6, end: 9 });
});

test("what happens below leaves it", () => {
  assert.deepEqual(shift(SPAN, change(8, 0, 8, 0, "below\n")), SPAN);
  assert.deepEqual(shift(SPAN, change(20, 1, 22, 0, "")), SPAN);
});

test("a change inside stretches it", () => {
  assert.deepEqual(shift(SPAN, change(6, 2, 6, 2, "x\ny\n")), { start: 5, end: 10 });
  assert.deepEqual(shift(SPAN, change(6, 0, 7, 0, "")), { start: 5, end: 7 });
});

test("a change that covers it leaves a span that can be drawn", () => {
  const span = shift(SPAN, change(2, 0, 12, 0, ""));
  assert.ok(span.start <= span.end && span.start >= 0);
});

test("an old place is brought to the version of now, step by step", () => {
  const trail = new Trail();
  trail.record(2, [change(0, 0, 0, 0, "a\n")]);
  trail.record(3, [change(0, 0, 0, 0, "b\n"), change(0, 0, 0, 0, "c\n")]);
  assert.deepEqual(trail.bring(SPAN, 1, 3), { start: 8, end: 11 });
  assert.deepEqual(trail.bring(SPAN, 2, 3), { start: 7, end: 10 });
  assert.deepEqual(trail.bring(SPAN, 3, 3), SPAN);
});

test("a place of a time that is not remembered can't be brought", () => {
  const trail = new Trail();
  trail.record(5, [change(0, 0, 0, 0, "a\n")]);
  assert.equal(trail.bring(SPAN, 2, 5), undefined);
  assert.equal(trail.bring(SPAN, 6, 5), undefined);
});
