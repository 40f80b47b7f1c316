import assert from "node:assert/strict";
import test from "node:test";
import { aroundCalls, costSentence, costWords, dollars, tokens } from "../src/core/around";
import { Cost } from "../src/features/cost/cost";
import { Steer } from "../src/features/turn/steer";
import type { UsageUpdate } from "../src/protocol/generated";
import { Sessions } from "../src/session";
import { initializationOptions } from "../src/settings";
import { MEMORY } from "./desk";
import { FakeDaemon } from "./fakes/daemon";
import { editor } from "./fakes/vscode";

const USAGE: UsageUpdate = {
  sessionUpdate: "usage_update",
  used: 32_000,
  size: 128_000,
  cost: { amount: 0.0123, currency: "USD" },
  _meta: { harness: { tokens: 64_321, unpriced: 0 } },
};

function desk(answers: ConstructorParameters<typeof FakeDaemon>[0] = {}) {
  editor.said.length = 0;
  editor.types.length = 0;
  const fake = new FakeDaemon(answers);
  const sessions = new Sessions(fake.daemon, MEMORY);
  const parts = [new Cost(fake.daemon, sessions), new Steer(fake.daemon, sessions), sessions];
  return { fake, sessions, dispose: () => parts.forEach((part) => part.dispose()) };
}

async function run(command: string): Promise<void> {
  await editor.commands.get(`harnessBridge.${command}`)?.();
}

const said = () => editor.said.map(({ text }) => text);

test("money and tokens are written shortly", () => {
  assert.deepEqual([0, 0.00001, 0.0123, 12.345, 1].map(dollars), ["$0", "under $0.0001", "$0.0123", "$12.35", "$1.00"]);
  assert.deepEqual([999, 1000, 12_345, 999_960, 1_234_567].map(tokens), ["999", "1.0k", "12.3k", "1.00M", "1.23M"]);
});

test("what a session cost; where no price is known its tokens are said", () => {
  assert.equal(costWords(USAGE), "$0.0123");
  assert.equal(costSentence(USAGE), "This session used 64.3k tokens, $0.0123. The model’s window is 25 % full.");
  const unknown: UsageUpdate = { ...USAGE, size: 0, cost: null, _meta: { harness: { tokens: 900, unpriced: 1 } } };
  assert.equal(costWords(unknown), "900 tokens");
  assert.equal(costSentence(unknown), "This session used 900 tokens. Of 1 call the price is not known.");
});

test("what happens to the model's calls is said in words", () => {
  const turnId = "t";
  assert.equal(
    aroundCalls({ sessionUpdate: "retrying", turnId, attempt: 1, waitSeconds: 8.2, message: "It is busy." }),
    "It is busy; next try in 8 s",
  );
  assert.equal(
    aroundCalls({ sessionUpdate: "model_switched", turnId, model: "other", why: "one is not there" }),
    "The agent goes on with other: one is not there",
  );
  assert.equal(
    aroundCalls({ sessionUpdate: "feature_lowered", model: "m", feature: "reasoning", why: "it has none" }),
    "m goes on without reasoning: it has none",
  );
  assert.equal(
    aroundCalls({
      sessionUpdate: "compacted",
      cause: "window",
      by: "model",
      before: 181_000,
      after: 24_000,
      files: [],
    }),
    "The conversation was made smaller: 181.0k to 24.0k tokens",
  );
  assert.equal(
    aroundCalls({ sessionUpdate: "budget_warning", turnId, unit: "dollars", spent: "4.02", limit: "5" }),
    "$4.02 of the session’s budget of $5.00 are spent",
  );
  assert.equal(aroundCalls({ sessionUpdate: "note", text: "x" }), undefined);
});

test("the status bar has the cost as soon as it is known, and not when the daemon is gone", () => {
  const { fake, dispose } = desk();
  const item = editor.statusItems.get("harnessBridge.cost");
  assert.ok(item);
  assert.equal(item.shown, false);
  fake.tell(USAGE);
  assert.deepEqual([item.shown, item.text, item.command], [true, "$0.0123", "harnessBridge.showUsage"]);
  fake.tell({ sessionUpdate: "budget_warning", turnId: "t", unit: "tokens", spent: "8000", limit: "10000" });
  assert.deepEqual(said(), ["Harness: 8.0k of the session’s budget of 10.0k tokens are spent."]);
  fake.become("down");
  assert.equal(item.shown, false);
  dispose();
});

test("usage and compaction are the daemon's own commands, for the session that is there", async () => {
  const { fake, dispose } = desk({ "harness.usage": () => ({}), "harness.compact": () => ({}) });
  await run("showUsage");
  assert.deepEqual(said(), ["Nothing was asked of the agent yet."]);
  fake.tell({ sessionUpdate: "turn_started", turnId: "t" });
  await run("showUsage");
  await run("compact");
  assert.deepEqual(fake.asked, [
    { method: "harness.usage", params: { sessionId: "s1" } },
    { method: "harness.compact", params: { sessionId: "s1" } },
  ]);
  dispose();
});

test("the agent is told something for the turn that runs, and for no other one", async () => {
  const stale = Object.assign(new Error("that turn has ended"), { data: { kind: "stale" } });
  let late = false;
  const answer = () => {
    if (late) {
      throw stale;
    }
    return {};
  };
  const { fake, dispose } = desk({ "harness/session/steer": answer });
  await run("steer");
  assert.deepEqual(said(), ["The agent is not at work now: ask it instead."]);
  fake.tell({ sessionUpdate: "turn_started", turnId: "t1" });
  editor.types.push("leave the tests");
  await run("steer");
  const prompt = [{ type: "text", text: "leave the tests" }];
  assert.deepEqual(fake.asked, [
    { method: "harness/session/steer", params: { sessionId: "s1", turnId: "t1", prompt } },
  ]);
  editor.types.push("  ");
  await run("steer");
  assert.equal(fake.asked.length, 1, "nothing was said");
  late = true;
  editor.types.push("too late");
  await run("steer");
  assert.equal(said().at(-1), "The agent was done before it heard: “too late”. Ask it instead.");
  dispose();
});

test("settings of the model go to the daemon, and what is empty is left to its environment", () => {
  editor.settings.clear();
  assert.deepEqual(initializationOptions(), { review: "ask", save: "clean" });
  editor.settings.set("model", "qwen3");
  editor.settings.set("baseUrl", "http://localhost:11434/v1");
  editor.settings.set("api", "chat");
  editor.settings.set("effort", "high");
  editor.settings.set("fast", true);
  editor.settings.set("fallback", "gpt-5-mini");
  editor.settings.set("budget", 2.5);
  assert.deepEqual(initializationOptions(), {
    review: "ask",
    save: "clean",
    model: "qwen3",
    baseUrl: "http://localhost:11434/v1",
    api: "chat",
    effort: "high",
    fast: true,
    fallback: "gpt-5-mini",
    budget: 2.5,
  });
  editor.settings.clear();
});
