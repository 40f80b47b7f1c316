import assert from "node:assert/strict";
import test from "node:test";
import { detailOf } from "../src/core/detail";
import { inWords, kindOf } from "../src/core/errors";
import { counts, gist, standing, summary } from "../src/core/hunks";
import { asksWords, outcomeWords } from "../src/core/outcomes";
import { plain } from "../src/core/plain";
import { hunk } from "./support";

test("a hunk in a few words", () => {
  assert.equal(summary(hunk("h", 0, "a\nb\n", "c\n")), "changes 2 lines");
  assert.equal(summary(hunk("h", 0, "", "c\n")), "adds 1 line");
  assert.equal(summary(hunk("h", 0, "a\n", "")), "removes 1 line");
  assert.equal(summary(hunk("h", 0, "", "c\n", { op: "create" })), "creates the file");
  assert.equal(counts(hunk("h", 0, "a\nb\n", "c\n")), "+1 −2");
  assert.equal(gist(hunk("h", 0, "a\n", "\n  b = 1\n")), "b = 1");
  assert.equal(gist(hunk("h", 0, "\n", "\n")), "blank lines");
  assert.equal(gist(hunk("h", 0, "", `${"x".repeat(50)}\n`)).length, 32);
});

test("where a hunk stands", () => {
  const of = (more: Parameters<typeof hunk>[4]) => standing(hunk("h", 0, "a\n", "b\n", more));
  assert.equal(of({}), "waiting");
  assert.equal(of({ fit: "stale" }), "stale");
  assert.equal(of({ decision: "accepted", placement: "present" }), "standing");
  assert.equal(of({ decision: "accepted", placement: "absent" }), "applying");
  assert.equal(of({ decision: "accepted", placement: "removed" }), "gone");
  assert.equal(of({ decision: "rejected" }), "rejected");
  assert.equal(of({ decision: "accepted", placement: "unverified" }), "unverified");
  assert.equal(of({ policy: "keep", placement: "present" }), "waiting");
});

test("an outcome that is as wished needs no words", () => {
  assert.ok(!asksWords({ hunkId: "h", outcome: "present" }));
  assert.ok(!asksWords({ hunkId: "h", outcome: "rejected", message: "the person's own reason" }));
  assert.ok(asksWords({ hunkId: "h", outcome: "stale" }));
  assert.equal(
    outcomeWords([{ hunkId: "h", outcome: "refused", message: "A later hunk stands on it." }]),
    "A later hunk stands on it.",
  );
  assert.match(
    outcomeWords([
      { hunkId: "h", outcome: "stale" },
      { hunkId: "i", outcome: "stale" },
    ]),
    /^2 hunks: It no longer fits/,
  );
});

test("an error is told with what to do next", () => {
  const error = Object.assign(new Error("the agent is working"), { data: { kind: "busy", hint: "stop it first" } });
  assert.equal(kindOf(error), "busy");
  assert.equal(inWords(error), "The agent is working. Stop it first.");
  assert.equal(kindOf(new Error("x")), undefined);
  assert.equal(inWords("broken"), "Broken.");
});

test("what a question shows can't break out of its fence", () => {
  const text = "before\n````\n# looks like ours\n";
  const detail = detailOf(
    {
      sessionId: "s",
      toolCall: { toolCallId: "c", title: "Run it", content: [{ type: "content", content: { type: "text", text } }] },
      options: [],
    },
    undefined,
  );
  assert.ok(detail.includes(`\`\`\`\`\`\n${text.trimEnd()}\n\`\`\`\`\``));
});

test("the agent's words are no links, no icons, and hide nothing", () => {
  assert.equal(plain("[Allow](command:evil) $(check) done"), "[Allow] (command:evil) $ (check) done");
  assert.equal(plain("rm \u202efdp.exe\u0007\ntwo"), "rm fdp.exe\ntwo");
  assert.equal(inWords(new Error("see [this](command:x)")), "See [this] (command:x).");
});
