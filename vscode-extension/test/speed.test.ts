/** 5,000 hunks in one file. Each bound is far above what a slow machine takes, and far below work that is done for every pair. */

import assert from "node:assert/strict";
import test from "node:test";
import type { TextDocument } from "vscode";
import { ROWS } from "../src/core/rows";
import { ChangesView } from "../src/features/changes/view";
import { Lenses } from "../src/features/review/lenses";
import { ReviewTexts } from "../src/features/review/texts";
import { desk, NO_COMMENTS, until } from "./desk";
import { editor, Range, TabInputText, window } from "./fakes/vscode";
import { hunk } from "./support";

const COUNT = 5000;

/** Processor time, which other work on the machine does not lengthen. */
function took(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

test("5,000 hunks in a file", async (t) => {
  const all = desk();
  t.after(all.dispose);
  const { review, document, shown, fake } = all;
  const lenses = new Lenses(review, new ReviewTexts(review));
  const view = new ChangesView(review, NO_COMMENTS);
  window.tabGroups.all = [{ activeTab: { input: new TabInputText(document.uri) } }];
  let told = 0;
  review.onDidChange(() => {
    told += 1;
    view.getChildren().flatMap((node) => view.getChildren(node).map((one) => view.getTreeItem(one)));
  });
  const line = (n: number) => 2 * n;
  const ask = () => lenses.provideCodeLenses(document as unknown as TextDocument);
  const figures: Record<string, number> = {};

  figures.put = took(() => {
    for (let n = 0; n < COUNT; n += 1) {
      all.put(hunk(`h${n}`, line(n), "x\n", "y\n", { version: 1, index: n, total: COUNT }));
    }
  });
  await until(() => told > 0);
  assert.equal(review.store.open().length, COUNT);
  assert.ok(told <= 3, `views were told ${told} times`);

  shown.visibleRanges = [new Range(5000, 0, 5040, 0)];
  figures.lenses = took(ask);
  const lines = new Set(ask().map(({ range }) => range.start.line));
  assert.ok(lines.size <= 200 && lines.size >= 199, "of so many those near the person have lenses");
  assert.ok(lines.has(5000) && lines.has(5040) && !lines.has(0));

  figures.keys = took(() => {
    for (let n = 0; n < 20; n += 1) {
      all.type(5041, n, "k");
      ask();
    }
  });
  figures.newLines = took(() => {
    for (let n = 0; n < 20; n += 1) {
      all.type(0, 0, "new\n");
      ask();
    }
  });
  assert.equal(review.store.get("h4999")?.range.start.line, line(4999) + 20);
  assert.ok(!fake.methods.includes("harness/review/list"), "typing lists nothing anew");

  const [file] = view.getChildren();
  assert.ok(file);
  const rows = view.getChildren(file);
  assert.equal(rows.length, ROWS + 1);
  assert.equal(rows.at(-1)?.left, COUNT - ROWS);
  editor.commands.get("harnessBridge.showMoreRows")?.(file.key as never);
  assert.equal(view.getChildren(file).length, 2 * ROWS + 1);

  t.diagnostic(JSON.stringify(figures));
  assert.ok(figures.put < 1000, `5,000 hunks told: ${figures.put} ms`);
  assert.ok(figures.lenses < 100, `lenses: ${figures.lenses} ms`);
  assert.ok(figures.keys < 400, `20 keys with lenses: ${figures.keys} ms`);
  assert.ok(figures.newLines < 1000, `20 new lines with lenses: ${figures.newLines} ms`);
});

test("a person who scrolls beyond the lenses gets others", async (t) => {
  const all = desk();
  t.after(all.dispose);
  const lenses = new Lenses(all.review, new ReviewTexts(all.review));
  window.tabGroups.all = [{ activeTab: { input: new TabInputText(all.document.uri) } }];
  for (let n = 0; n < 1000; n += 1) {
    all.put(hunk(`h${n}`, 2 * n, "x\n", "y\n", { version: 1 }));
  }
  let asked = 0;
  await new Promise<void>((resolve) => all.review.onDidChange(() => resolve()));
  lenses.onDidChangeCodeLenses(() => {
    asked += 1;
  });
  const scroll = (to: number) => {
    all.shown.visibleRanges = [new Range(to, 0, to + 40, 0)];
    editor.scrolled.fire({ textEditor: all.shown });
  };
  const ask = () => lenses.provideCodeLenses(all.document as unknown as TextDocument);
  ask();
  scroll(100);
  scroll(1000);
  await until(() => asked === 1);
  assert.ok(ask().some(({ range }) => range.start.line === 1000));
});
