import assert from "node:assert/strict";
import test from "node:test";
import type { Span } from "../src/core/lines";
import { type Change, follow, moved, moveOf, reach, Trail } from "../src/core/trail";

function change(line: number, character: number, endLine: number, endCharacter: number, text: string): Change {
  return { range: { start: { line, character }, end: { line: endLine, character: endCharacter } }, text };
}

function shift(span: Span, one: Change): Span {
  return moved(span, moveOf(one));
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
  assert.deepEqual(trail.bring(SPAN, 1, 3), { span: { start: 8, end: 11 }, sure: true });
  assert.deepEqual(trail.bring(SPAN, 2, 3), { span: { start: 7, end: 10 }, sure: true });
  assert.deepEqual(trail.bring(SPAN, 3, 3), { span: SPAN, sure: true });
});

test("a place of a time that is not remembered can't be brought", () => {
  const trail = new Trail();
  trail.record(5, [change(0, 0, 0, 0, "a\n")]);
  assert.equal(trail.bring(SPAN, 2, 5), undefined);
  assert.equal(trail.bring(SPAN, 6, 5), undefined);
});

test("a place is sure until a change touches it or a line beside it", () => {
  const sure = (...changes: Change[]) => follow(SPAN, changes.map(moveOf)).sure;
  assert.ok(sure(change(3, 9, 3, 9, "x\n"), change(10, 0, 10, 0, "y")));
  assert.ok(!sure(change(6, 2, 6, 2, "x")), "inside");
  assert.ok(!sure(change(4, 0, 4, 3, "")), "the line above");
  assert.ok(!sure(change(8, 0, 8, 1, "")), "the line below");
  assert.ok(!sure(change(0, 0, 0, 0, "a\n"), change(9, 1, 9, 1, "x")), "the line below, after it moved");
});

test("what changes can't touch or move is known without a look at each span", () => {
  assert.deepEqual(reach([moveOf(change(5, 1, 5, 1, "x"))]), { start: 4, end: 7 });
  assert.deepEqual(reach([moveOf(change(9, 1, 9, 1, "x")), moveOf(change(5, 1, 5, 1, "\n"))]), {
    start: 4,
    end: Infinity,
  });
  for (const one of [change(6, 1, 6, 1, "x"), change(8, 0, 8, 0, "x"), change(4, 0, 4, 2, "")]) {
    const { start, end } = reach([moveOf(one)]);
    assert.ok(SPAN.end >= start && SPAN.start < end, "what is touched is in reach");
  }
});
