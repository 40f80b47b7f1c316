import assert from "node:assert/strict";
import test from "node:test";
import { countLines, meets, replaceLines, sameText, spanOf, splitLines } from "../src/core/lines";

test("lines keep their endings, and a last one without is a line too", () => {
  assert.deepEqual(splitLines("a\nb\r\nc\rd"), ["a\n", "b\r\n", "c\r", "d"]);
  assert.deepEqual(splitLines("a\n\n"), ["a\n", "\n"]);
  assert.equal(countLines(""), 0);
});

test("any text is its lines joined", () => {
  for (const text of ["", "\n", "a", "a\n", "\r\n\r\n", "x\n\ry", "ü\u2028z\n"]) {
    assert.equal(splitLines(text).join(""), text);
  }
});

test("a range that ends inside of a line has that line", () => {
  assert.deepEqual(spanOf({ start: { line: 1 }, end: { line: 3, character: 0 } }), { start: 1, end: 3 });
  assert.deepEqual(spanOf({ start: { line: 1 }, end: { line: 3, character: 2 } }), { start: 1, end: 4 });
});

test("line endings don't make a difference where they are not meant to", () => {
  assert.ok(sameText("a\r\nb\n", "a\nb\n"));
  assert.ok(!sameText("a\n", "a"));
});

test("an empty span meets the line that it stands before", () => {
  assert.ok(meets({ start: 3, end: 3 }, { start: 3, end: 4 }));
  assert.ok(!meets({ start: 3, end: 3 }, { start: 2, end: 3 }));
  assert.ok(meets({ start: 2, end: 2 }, { start: 2, end: 2 }));
});

test("pieces take the place of their lines, and it is known where they stand", () => {
  const made = replaceLines("a\nb\nc\nd\n", [
    { span: { start: 0, end: 1 }, text: "A\nA\n" },
    { span: { start: 2, end: 2 }, text: "new\n" },
    { span: { start: 3, end: 4 }, text: "" },
  ]);
  assert.equal(made.text, "A\nA\nb\nnew\nc\n");
  assert.deepEqual(made.spans, [
    { start: 0, end: 2 },
    { start: 3, end: 4 },
    { start: 5, end: 5 },
  ]);
});

test("a text of very many lines is one like others", () => {
  const text = "x\n".repeat(300_000);
  const made = replaceLines(text, [{ span: { start: 299_999, end: 300_000 }, text: "y\n" }]);
  assert.equal(made.text.length, text.length);
  assert.deepEqual(made.spans, [{ start: 299_999, end: 300_000 }]);
});
