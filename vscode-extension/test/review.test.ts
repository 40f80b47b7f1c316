import assert from "node:assert/strict";
import test from "node:test";
import { choicesOf } from "../src/core/decisions";
import { A, desk, MEMORY, until } from "./desk";
import { FakeDaemon } from "./fakes/daemon";
import { editor, Uri, workspace } from "./fakes/vscode";
import { hunk } from "./support";
import { Sessions } from "../src/session";

const TRIAL = { policy: "keep", placement: "present" } as const;

test("an undo that later hunks stand in the way of is offered with them, and asked for together", async (t) => {
  const { review, fake, dispose } = desk({
    "harness/review/undo": ({ hunkIds }) => {
      const ids = hunkIds as string[];
      const isWhole = ids.length === 3;
      const blocked = { outcome: "refused", message: "2 later hunks stand on it", blockedBy: ["h2", "h3"] };
      return { outcomes: ids.map((hunkId) => (isWhole ? { hunkId, outcome: "removed" } : { hunkId, ...blocked })) };
    },
  });
  t.after(dispose);
  editor.presses = "Undo These 3 Together";
  await review.undo(["h1"]);
  assert.deepEqual(editor.said, [{ text: "2 later changes stand on this one.", buttons: ["Undo These 3 Together"] }]);
  assert.deepEqual(
    fake.asked.map(({ params }) => params),
    [{ hunkIds: ["h1"] }, { hunkIds: ["h1", "h2", "h3"] }],
  );
});

test("who does not want that has undone nothing", async (t) => {
  const { review, fake, dispose } = desk({
    "harness/review/undo": () => ({ outcomes: [{ hunkId: "h1", outcome: "refused", blockedBy: ["h2"] }] }),
  });
  t.after(dispose);
  await review.undo(["h1"]);
  assert.equal(editor.said.length, 1);
  assert.equal(fake.asked.length, 1);
});

test("a hunk on trial is rejected by undoing it, others by deciding", async (t) => {
  const { review, fake, put, dispose } = desk({
    "harness/review/undo": () => ({ outcomes: [{ hunkId: "h1", outcome: "removed" }] }),
    "harness/review/decide": () => ({ outcomes: [{ hunkId: "h2", outcome: "rejected" }] }),
  });
  t.after(dispose);
  put(hunk("h1", 0, "x\n", "y\n", { ...TRIAL, version: 1 }));
  put(hunk("h2", 2, "x\n", "y\n", { version: 1 }));
  await review.decide([
    { hunkId: "h1", verdict: "reject", reason: "no" },
    { hunkId: "h2", verdict: "reject", reason: "no" },
  ]);
  assert.deepEqual(fake.asked, [
    { method: "harness/review/decide", params: { decisions: [{ hunkId: "h2", verdict: "reject", reason: "no" }] } },
    { method: "harness/review/undo", params: { hunkIds: ["h1"], reason: "no" } },
  ]);
  assert.deepEqual(editor.said, []);
});

test("selected lines are rejected, in as many hunks as they are in", () => {
  const touched = [
    { hunk: hunk("h1", 0, "", "a\nb\nc\n"), place: { start: 0, end: 3 } },
    { hunk: hunk("h2", 5, "", "d\n"), place: { start: 5, end: 6 } },
    { hunk: hunk("h3", 9, "", "e\n"), place: { start: 9, end: 10 } },
  ];
  assert.deepEqual(choicesOf({ start: 1, end: 7 }, touched, "reject"), [
    { hunkId: "h1", verdict: "reject", lines: { start: 1, end: 3 } },
    { hunkId: "h2", verdict: "reject" },
  ]);
});

test("typing asks for the places that it touched, and for no others", async (t) => {
  const { review, fake, put, type, document, dispose } = desk({
    "harness/review/get": ({ hunkId }) => ({
      hunk: hunk(hunkId as string, 11, "x\n", "y\n", { version: document.version, fit: "stale" }),
      currentText: "",
    }),
  });
  t.after(dispose);
  put(hunk("h1", 10, "x\n", "y\n", { version: 1 }));
  put(hunk("h2", 20, "x\n", "y\n", { version: 1 }));
  type(0, 0, "new\n");
  assert.deepEqual(
    review.store.open(A).map(({ range }) => range.start.line),
    [11, 21],
  );
  type(11, 0, "z");
  await until(() => review.store.get("h1")?.fit === "stale");
  assert.deepEqual(
    fake.asked.map(({ method, params }) => [method, params.hunkId]),
    [["harness/review/get", "h1"]],
  );
});

test("where many are touched, or one is not known any more, the file is listed", async (t) => {
  const { fake, put, type, dispose } = desk({ "harness/review/list": () => ({ hunks: [] }) });
  t.after(dispose);
  put(hunk("h1", 10, "x\n", "y\n", { version: 1 }));
  type(10, 0, "z");
  await until(() => fake.methods.includes("harness/review/list"));
  assert.deepEqual(fake.methods, ["harness/review/get", "harness/review/list"]);
});

test("hunks of a file that was closed are asked for when it is opened", async (t) => {
  const { review, fake, put, document, dispose } = desk({
    "harness/review/get": () => ({ hunk: hunk("h1", 12, "x\n", "y\n", { version: 1 }), currentText: "" }),
  });
  t.after(dispose);
  workspace.textDocuments = [];
  put(hunk("h1", 10, "x\n", "y\n"));
  workspace.textDocuments = [document];
  editor.opened.fire(document);
  await until(() => review.store.get("h1")?.range.start.line === 12);
  editor.opened.fire(document);
  assert.deepEqual(review.store.doubtful(A), []);
  assert.deepEqual(fake.methods, ["harness/review/get"]);
});

test("what waits is known when the sessions of before are loaded and their hunks listed, and not before", async (t) => {
  workspace.workspaceFolders = [];
  const known: boolean[] = [];
  const { review, fake, dispose } = desk({
    "harness/review/list": () => {
      known.push(review.isKnown);
      return { hunks: [] };
    },
  });
  t.after(dispose);
  fake.become("starting");
  fake.become("running");
  assert.ok(!review.isKnown);
  await until(() => review.isKnown);
  assert.deepEqual(known, [false]);
  fake.become("down");
  assert.ok(!review.isKnown);
});

test("each folder of the workspace has a session of its own, taken up again after a restart", async (t) => {
  const sessionOf: Record<string, string> = { "/one": "s-one", "/two": "s-two", "/three": "s-three" };
  const fake = new FakeDaemon({
    "harness/session/new": ({ cwd }) => ({ sessionId: sessionOf[cwd as string] }),
    "harness/session/list": ({ cwd }) => ({ sessions: [{ sessionId: sessionOf[cwd as string], cwd }] }),
    "harness/session/load": () => ({}),
  });
  workspace.workspaceFolders = ["/one", "/two"].map((path) => ({ uri: Uri.parse(`file://${path}`) }));
  const sessions = new Sessions(fake.daemon, MEMORY);
  t.after(() => sessions.dispose());
  const of = (uri: string) => sessions.of(Uri.parse(uri) as unknown as Parameters<Sessions["of"]>[0]);
  assert.equal(await of("file:///two/a.py"), "s-two");
  assert.equal(await of("file:///one/a.py"), "s-one");
  assert.equal(await of("file:///one/b/c.py"), "s-one");
  assert.deepEqual(fake.methods, ["harness/session/new", "harness/session/new"]);
  await assert.rejects(of("file:///elsewhere/a.py"), /no folder was chosen/);

  fake.become("starting");
  const takenUp = new Promise<void>((resolve) => sessions.onTakenUp(() => resolve()));
  fake.become("running");
  await takenUp;
  assert.equal(await of("file:///two/a.py"), "s-two");

  const three = { uri: Uri.parse("file:///three") };
  workspace.workspaceFolders.push(three);
  const added = new Promise<void>((resolve) => sessions.onTakenUp(() => resolve()));
  editor.folders.fire({ added: [three] });
  await added;
  assert.equal(await of("file:///three/a.py"), "s-three");
  assert.equal(fake.methods.filter((one) => one === "harness/session/new").length, 2, "none was begun anew");
});
