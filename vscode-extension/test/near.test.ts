import assert from "node:assert/strict";
import test from "node:test";
import { isBeyond, joined, Nearby, nearest } from "../src/core/near";
import { firstHunks, firstRows } from "../src/core/rows";
import { hunk } from "./support";

const LINES = [0, 10, 20, 30, 40, 50];
const near = (line: number, most: number) => nearest(LINES, (one) => one, line, most);

test("of too many the nearest are shown, in order, and it is known how far that is enough", () => {
  assert.deepEqual(near(29, 3), { items: [20, 30, 40], lines: { start: 20, end: 41 } });
  assert.deepEqual(near(-5, 2), { items: [0, 10], lines: { start: -Infinity, end: 11 } });
  assert.deepEqual(near(999, 2), { items: [40, 50], lines: { start: 40, end: Infinity } });
  assert.deepEqual(near(25, 6), { items: LINES, lines: { start: -Infinity, end: Infinity } });
  assert.deepEqual(
    nearest([], () => 0, 3, 2),
    { items: [], lines: { start: -Infinity, end: Infinity } },
  );
});

test("who comes close to the end of what is shown is shown more", () => {
  const shown = { start: 100, end: 200 };
  assert.ok(!isBeyond(shown, { start: 130, end: 160 }));
  assert.ok(isBeyond(shown, { start: 110, end: 140 }));
  assert.ok(isBeyond(shown, { start: 150, end: 190 }));
  assert.ok(!isBeyond({ start: -Infinity, end: 200 }, { start: 0, end: 40 }));
});

test("what is shown stays while the person does, and elsewhere there are not just as many", () => {
  const shown = new Nearby();
  const all = Array.from({ length: 1000 }, (_, n) => 10 * n);
  const choose = (items: readonly number[], line: number) =>
    shown.choose(items, (one) => one, { start: line, end: line + 40 }, 50);
  const first = choose(all, 5000);
  assert.equal(first.length, 50);
  assert.ok(!shown.isPassed({ start: 5000, end: 5040 }));
  const rest = all.filter((one) => one !== 5010);
  assert.deepEqual(
    choose(rest, 5000),
    first.filter((one) => one !== 5010),
    "for one that is decided no other comes in far away",
  );
  assert.deepEqual(choose(all, 5000), first);
  assert.ok(shown.isPassed({ start: 5300, end: 5340 }));
  assert.equal(choose(all, 9000).length, 49);
  assert.equal(choose(all, 1000).length, 50);
});

test("spans that are close are one", () => {
  const spans = [
    { start: 0, end: 1 },
    { start: 2, end: 3 },
    { start: 9, end: 9 },
  ];
  assert.deepEqual(joined(spans, 2), [
    { start: 0, end: 3 },
    { start: 9, end: 9 },
  ]);
  assert.deepEqual(joined(spans, 0), spans);
});

test("of too many hunks the list has first those that wait", () => {
  const hunks = [
    hunk("h1", 0, "x\n", "y\n", { decision: "rejected" }),
    hunk("h2", 2, "x\n", "y\n"),
    hunk("h3", 4, "x\n", "y\n"),
  ];
  const { items, left } = firstHunks(hunks, 2);
  assert.deepEqual([items.map((one) => one.hunkId), left], [["h2", "h3"], 1]);
  assert.deepEqual(firstHunks(hunks, 3), { items: hunks, left: 0 });
  assert.deepEqual(firstRows([1, 2, 3], 2), { items: [1, 2], left: 1 });
});
