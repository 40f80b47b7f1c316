import assert from "node:assert/strict";
import test from "node:test";
import { HunkStore } from "../src/core/hunkStore";
import { hunk } from "./support";

const A = "file:///w/a.py";

function store(version: number | undefined = 1) {
  const now = { version };
  const made = new HunkStore(() => now.version);
  const told: string[][] = [];
  made.onDidChange((uris) => told.push([...uris]));
  return { made, now, told };
}

test("open hunks are in the order of files and places", () => {
  const { made } = store();
  made.put(hunk("h1", 9, "x\n", "y\n"));
  made.put(hunk("h2", 2, "x\n", "y\n"));
  made.put(hunk("h3", 1, "x\n", "y\n", { uri: "file:///w/0.py" }));
  assert.deepEqual(
    made.open().map((one) => one.hunkId),
    ["h3", "h2", "h1"],
  );
  assert.deepEqual(
    made.open(A).map((one) => one.hunkId),
    ["h2", "h1"],
  );
});

test("a hunk waits until it is decided; under keep only while its text stands", () => {
  const { made } = store();
  made.put(hunk("h1", 0, "x\n", "y\n", { decision: "accepted", placement: "present" }));
  made.put(hunk("h2", 1, "x\n", "y\n", { policy: "keep" }));
  made.put(hunk("h3", 2, "x\n", "y\n", { policy: "keep", placement: "present" }));
  made.put(hunk("h4", 3, "x\n", "y\n", { fit: "stale" }));
  assert.deepEqual(
    made.open().map((one) => one.hunkId),
    ["h3", "h4"],
  );
});

test("a list says what waits no more, and spares what came after it was asked for", () => {
  const { made, told } = store();
  made.put(hunk("h1", 0, "x\n", "y\n"));
  made.put(hunk("h2", 1, "x\n", "y\n"));
  const asked = new Set(["h1", "h2"]);
  made.put(hunk("h3", 2, "x\n", "y\n"));
  made.replace([hunk("h2", 5, "x\n", "y\n")], asked);
  assert.deepEqual(
    made.open().map((one) => [one.hunkId, one.range.start.line]),
    [
      ["h3", 2],
      ["h2", 5],
    ],
  );
  const before = told.length;
  made.replace([hunk("h2", 5, "x\n", "y\n")], new Set());
  assert.equal(told.length, before, "nothing changed, so nobody is told");
});

test("places follow the typing, and only what it touched is in doubt", () => {
  const { made, now } = store();
  const outOfDate: string[] = [];
  made.onOutOfDate((uri) => outOfDate.push(uri));
  made.put(hunk("h1", 4, "x\n", "y\n", { version: 1 }));
  now.version = 2;
  made.documentChanged(A, 2, [
    { range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, text: "n\n" },
  ]);
  assert.equal(made.get("h1")?.range.start.line, 5);
  assert.equal(made.get("h1")?.version, 2);
  assert.deepEqual(outOfDate, []);
  now.version = 3;
  const inside = { line: 5, character: 1 };
  made.documentChanged(A, 3, [{ range: { start: inside, end: inside }, text: "z" }]);
  assert.deepEqual(outOfDate, [A]);
  assert.deepEqual(made.doubtful(A), ["h1"]);
  made.replace([hunk("h1", 5, "x\n", "y\n", { version: 3, fit: "stale" })], new Set(["h1"]));
  assert.deepEqual(made.doubtful(A), []);
});

test("what was told of an older version is brought to the version of now", () => {
  const { made, now } = store();
  now.version = 2;
  made.documentChanged(A, 2, [
    { range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, text: "n\n" },
  ]);
  made.put(hunk("h1", 4, "x\n", "y\n", { version: 1 }));
  assert.equal(made.get("h1")?.range.start.line, 5);
});

test("a hunk of a closed file stays where it was told to be", () => {
  const { made } = store(undefined);
  made.put(hunk("h1", 4, "x\n", "y\n"));
  assert.equal(made.get("h1")?.range.start.line, 4);
});

test("proposals are in the order in which they were made, without what was taken back", () => {
  const { made } = store();
  made.put(hunk("h2", 0, "x\n", "y\n", { proposalId: "02" }));
  made.put(hunk("h1", 0, "x\n", "y\n", { proposalId: "01" }));
  made.put(hunk("h3", 1, "x\n", "y\n", { proposalId: "01", decision: "withdrawn" }));
  assert.deepEqual(
    made.proposals().map((one) => [one.id, one.hunks.length]),
    [
      ["01", 1],
      ["02", 1],
    ],
  );
});

test("a new turn forgets what is settled, and only that", () => {
  const { made } = store();
  made.put(hunk("h1", 0, "x\n", "y\n", { decision: "rejected" }));
  made.put(hunk("h2", 1, "x\n", "y\n"));
  made.forgetSettled();
  assert.deepEqual([made.get("h1"), made.get("h2")?.hunkId], [undefined, "h2"]);
});

test("a daemon that is gone takes everything with it", () => {
  const { made, told } = store();
  made.put(hunk("h1", 0, "x\n", "y\n"));
  made.clear();
  assert.deepEqual(made.open(), []);
  assert.deepEqual(told.at(-1), [A]);
});

test("settled hunks are remembered, but not without end", () => {
  const { made } = store();
  for (let n = 0; n < 300; n += 1) {
    made.put(hunk(`h${n}`, n, "x\n", "y\n", { decision: "accepted", placement: "present" }));
  }
  assert.equal(made.get("h0"), undefined);
  assert.ok(made.get("h299"));
});

test("what is told of a time that is not remembered is asked for once, not again and again", () => {
  const { made } = store(9);
  const outOfDate: string[] = [];
  made.onOutOfDate((uri) => outOfDate.push(uri));
  made.put(hunk("h1", 4, "x\n", "y\n", { version: 2 }));
  assert.deepEqual([outOfDate, made.doubtful(A)], [[A], ["h1"]]);
  made.replace([hunk("h1", 4, "x\n", "y\n", { version: 2 })], new Set(["h1"]));
  assert.deepEqual([outOfDate, made.doubtful(A)], [[A], []]);
});

test("a hunk whose file has another name now is one of that file only", () => {
  const { made } = store();
  made.put(hunk("h1", 4, "x\n", "y\n"));
  made.put(hunk("h1", 4, "x\n", "y\n", { uri: "file:///w/b.py" }));
  assert.deepEqual([made.open(A).length, made.open("file:///w/b.py").length, made.open().length], [0, 1, 1]);
});
