import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { wrongModule, wrongName } from "../src/core/names";
import { Ask } from "../src/features/ask/ask";
import type { Review } from "../src/features/review/review";
import type { HunkView, RefactorCommand } from "../src/protocol/generated";
import type { Sessions } from "../src/session";
import { FakeDaemon } from "./fakes/daemon";
import { editor, Range, Uri, window, workspace } from "./fakes/vscode";
import { until } from "./desk";
import { hunk } from "./support";

const FILE = "file:///w/shop/basket.py";
const NAME = { start: { line: 1, character: 4 }, end: { line: 1, character: 9 } };

const rename: RefactorCommand = { uri: FILE, range: NAME, action: "rename" };
const move: RefactorCommand = { uri: FILE, range: NAME, action: "move" };

/** Asking, with a daemon whose commands are run as its code actions run them. */
function asking(
  answer: (params: Record<string, unknown>) => unknown = () => ({}),
  waiting: readonly HunkView[] = [],
): { run: (command: string, argument: object) => Promise<unknown>; daemon: FakeDaemon } {
  const daemon = new FakeDaemon({ "harness.prompt": answer, "harness.refactor": answer });
  const stop = () => editor.executed.push(["stop"]);
  const sessions = { of: () => Promise.resolve("s1"), stop, working: ["s1"] } as unknown as Sessions;
  const review = { store: { open: () => waiting } } as unknown as Review;
  new Ask(daemon.daemon, sessions, review);
  return { daemon, run: async (command, argument) => daemon.intercepted(command, [argument]) };
}

beforeEach(() => {
  editor.said.length = 0;
  editor.executed.length = 0;
  editor.presses = "";
  editor.boxes.length = 0;
  editor.types = [];
  editor.picks = "";
  workspace.files = [];
  workspace.workspaceFolders = [{ uri: Uri.parse("file:///w") }];
  workspace.textDocuments = [
    { uri: Uri.parse(FILE), version: 1, lineCount: 3, lineAt: () => ({ text: "def total(items):" }) },
  ];
  window.activeTextEditor = undefined;
});

test("a new name is asked for in a box that holds the old one, and sent with the session", async () => {
  const { daemon, run } = asking();
  editor.types = [" sum_up "];
  await run("harness.refactor", rename);
  assert.equal(editor.boxes[0]?.value, "total");
  assert.deepEqual(daemon.asked, [
    { method: "harness.refactor", params: { ...rename, newName: "sum_up", sessionId: "s1" } },
  ]);
});

test("a box that is put away asks the agent nothing", async () => {
  const { daemon, run } = asking();
  await run("harness.refactor", rename);
  await run("harness.refactor", move);
  assert.deepEqual(daemon.asked, []);
});

test("what needs no name is sent as it is", async () => {
  const { daemon, run } = asking();
  const inline: RefactorCommand = { uri: FILE, range: NAME, action: "inline" };
  await run("harness.refactor", inline);
  assert.deepEqual(daemon.asked, [{ method: "harness.refactor", params: { ...inline, sessionId: "s1" } }]);
  assert.deepEqual(editor.boxes, []);
});

test("a module is picked among the others of the folder", async () => {
  const { daemon, run } = asking();
  workspace.files = ["/w/shop/prices.py", "/w/a.py", "/w/shop/basket.py"];
  editor.picks = "shop/prices.py";
  await run("harness.refactor", move);
  assert.deepEqual(editor.offered, ["a.py", "shop/prices.py", "$(new-file) Another file…"]);
  assert.equal(daemon.asked[0]?.params["to"], "shop/prices.py");
});

test("a new module is typed, from the folder of the file", async () => {
  const { daemon, run } = asking();
  editor.picks = "$(new-file) Another file…";
  editor.types = ["shop/sums.py"];
  await run("harness.refactor", move);
  assert.equal(editor.boxes[0]?.value, "shop/");
  assert.equal(daemon.asked[0]?.params["to"], "shop/sums.py");
});

test("a question goes with the selection's columns", async () => {
  const { daemon } = asking();
  const selection = new Range(1, 4, 2, 0);
  window.activeTextEditor = { document: { uri: Uri.parse(FILE) }, selection };
  editor.types = ["simplify it"];
  await editor.commands.get("harnessBridge.ask")?.();
  const range = { start: { line: 1, character: 4 }, end: { line: 2, character: 0 } };
  assert.deepEqual(daemon.asked[0]?.params, { text: "simplify it", uri: FILE, range, sessionId: "s1" });
  assert.equal(editor.boxes[0]?.title, "Ask the agent about shop/basket.py, line 2");
  assert.equal(editor.boxes[0].placeHolder, "What should it do? For example: extract this into a function");
});

test("without an editor a question goes alone", async () => {
  const { daemon } = asking();
  editor.types = ["hello"];
  await editor.commands.get("harnessBridge.ask")?.();
  assert.deepEqual(daemon.asked[0]?.params, { text: "hello", sessionId: "s1" });
  assert.equal(editor.boxes[0]?.placeHolder, "What should it do? For example: rename total to grand_total");
});

/** The daemon's answer while a turn runs. */
function busy(): never {
  throw Object.assign(new Error("a turn is running in this session"), { data: { kind: "busy" } });
}

const KEPT = " Your text is kept for the next one.";

test("who asks while a change waits is told where, and can look at it", async () => {
  const waiting = [hunk("h1", 3, "a\n", "b\n"), hunk("h2", 3, "a\n", "b\n", { sessionId: "another" })];
  const { run } = asking(busy, waiting);
  editor.presses = "Review";
  await run("harness.prompt", { text: "go" });
  const text = `1 change in a.py waits for your decision, then the agent goes on.${KEPT}`;
  assert.deepEqual(editor.said, [{ text, buttons: ["Review", "Ask Afterwards", "Stop the Agent"] }]);
  await until(() => editor.executed.length > 0);
  assert.deepEqual(editor.executed, [["harnessBridge.showHunk", "h1"]]);
});

test("or stop the agent", async () => {
  const more = hunk("h2", 3, "a\n", "b\n", { uri: "file:///w/b.py" });
  const { run } = asking(busy, [hunk("h1", 3, "a\n", "b\n"), more]);
  editor.presses = "Stop the Agent";
  await run("harness.refactor", { ...rename, newName: "sum_up" });
  assert.match(editor.said[0]?.text ?? "", /^2 changes in 2 files wait for your decision, /);
  await until(() => editor.executed.length > 0);
  assert.deepEqual(editor.executed, [["stop"]]);
});

test("or have it asked when that turn has ended", async () => {
  const { run, daemon } = asking(({ queue }) => (queue === true ? {} : busy()));
  editor.presses = "Ask Afterwards";
  await run("harness.prompt", { text: "and then" });
  await until(() => daemon.asked.length > 1);
  assert.deepEqual(daemon.asked[1]?.params, { text: "and then", sessionId: "s1", queue: true });
});

test("of changes that the agent does not wait for nothing is said", async () => {
  const { run } = asking(busy, [hunk("h1", 3, "a\n", "b\n", { policy: "keep", placement: "present" })]);
  await run("harness.prompt", { text: "go" });
  const text = `The agent is still at work on your last question.${KEPT}`;
  assert.deepEqual(editor.said, [{ text, buttons: ["Ask Afterwards", "Stop the Agent"] }]);
});

test("the daemon's own way to the next hunk is the editor's", async () => {
  const { run, daemon } = asking();
  await run("harness.next", { uri: FILE, line: 1 });
  assert.deepEqual([editor.executed, daemon.asked], [[["harnessBridge.nextHunk"]], []]);
});

test("a name is letters, digits and signs, and no word of the language", () => {
  for (const name of ["sum_up", " größe ", "_x1", "type"]) {
    assert.equal(wrongName(name, "total", true), undefined, name);
  }
  for (const name of ["", " ", "total", "1x", "a b", "a-b", "class", "None", "$x", "x".repeat(201)]) {
    assert.notEqual(wrongName(name, "total", true), undefined, name);
  }
  assert.equal(wrongName("$x", "total", false), undefined);
  assert.notEqual(wrongName("typeof", "total", false), undefined);
});

test("a module is a Python file inside of the workspace folder", () => {
  for (const path of ["a.py", "shop/prices.py", " shop/p-q.py "]) {
    assert.equal(wrongModule(path), undefined, path);
  }
  for (const path of ["", "a", "a.txt", "/a.py", "C:/a.py", "../a.py", "a/../../b.py", "`a`.py", "a\nb.py"]) {
    assert.notEqual(wrongModule(path), undefined, path);
  }
});
