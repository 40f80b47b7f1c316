import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { Backoff, MOST_RESTARTS } from "../src/core/backoff";
import { findProgram } from "../src/core/find";

test("a program is found on the path, by its folder, and by its whole name; what can't be run is not", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "find-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const program = join(folder, "daemon");
  writeFileSync(program, "#!/bin/sh\n");
  assert.equal(await findProgram("daemon", { PATH: folder }, "/"), undefined, "it is not executable yet");
  chmodSync(program, 0o755);
  assert.equal(await findProgram("daemon", { PATH: `/nowhere:${folder}` }, "/"), program);
  assert.equal(await findProgram("./daemon", { PATH: "" }, folder), program);
  assert.equal(await findProgram(program, {}, "/"), program);
  assert.equal(
    await findProgram("daemon", { PATH: "/nowhere" }, folder),
    undefined,
    "the working folder is not searched",
  );
  assert.equal(await findProgram(folder, {}, "/"), undefined, "a folder is no program");
});

test("a daemon that dies is started again, later each time, and at last not any more", () => {
  const backoff = new Backoff();
  const waits = Array.from({ length: MOST_RESTARTS }, (_, n) => backoff.next(n)?.waitMs);
  assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000]);
  assert.equal(backoff.next(10), undefined);
  backoff.reset();
  assert.equal(backoff.next(11)?.attempt, 1);
});

test("deaths of long ago don't count", () => {
  const backoff = new Backoff();
  for (let n = 0; n < MOST_RESTARTS; n += 1) {
    backoff.next(n);
  }
  assert.equal(backoff.next(10 * 60_000)?.attempt, 1);
});
