/** The status bar item: what goes on, and on click what can be done about it. */

import { commands, type Disposable, type QuickPickItem, StatusBarAlignment, ThemeColor, window } from "vscode";
import type { Daemon } from "../../client";
import { setContext } from "../../context";
import { aroundCalls } from "../../core/around";
import { inWords } from "../../core/errors";
import { isTrial } from "../../core/hunks";
import { plain } from "../../core/plain";
import type { SessionUpdate } from "../../protocol/generated";
import type { Sessions } from "../../session";
import * as settings from "../../settings";
import type { Approvals } from "../approvals/approvals";
import type { Review } from "../review/review";

interface Offer extends QuickPickItem {
  readonly run: string;
}

type Shown = [text: string, tooltip: string, background?: "error" | "warning"];

const STARTING: Shown = ["$(loading~spin) Harness", "The daemon is starting."];

export class Status implements Disposable {
  private readonly item = window.createStatusBarItem("harnessBridge.status", StatusBarAlignment.Left, 10);
  private readonly subscriptions: Disposable[];
  /** The titles of the tools that run, by call. */
  private readonly tools = new Map<string, string>();
  /** What the model's service is waited for, if it is. */
  private waits: string | undefined;

  constructor(
    private readonly daemon: Daemon,
    private readonly sessions: Sessions,
    private readonly review: Review,
    private readonly approvals: Approvals,
  ) {
    const show = () => this.show();
    this.item.name = "Harness Bridge";
    this.item.command = "harnessBridge.menu";
    this.subscriptions = [
      this.item,
      daemon.onDidChangeState(show),
      sessions.onDidChange(show),
      sessions.onHappening(({ update, replay }) => !replay && this.follow(update)),
      review.onDidChange(show),
      review.onDidComplete(show),
      approvals.onDidChange(show),
      commands.registerCommand("harnessBridge.menu", () => this.menu()),
      commands.registerCommand("harnessBridge.switchPolicy", () => this.switchPolicy()),
    ];
    this.show();
    this.item.show();
  }

  dispose(): void {
    for (const one of this.subscriptions) {
      one.dispose();
    }
  }

  private follow(update: SessionUpdate): void {
    const waits = update.sessionUpdate === "retrying" ? aroundCalls(update) : undefined;
    if (waits !== this.waits) {
      this.waits = waits;
      this.show();
    }
    if (update.sessionUpdate === "turn_ended") {
      this.tools.clear();
    } else if (update.sessionUpdate === "tool_call" || update.sessionUpdate === "tool_call_update") {
      if (update.status === "completed" || update.status === "failed") {
        this.tools.delete(update.toolCallId);
      } else {
        const title = update.title ? plain(update.title) : this.tools.get(update.toolCallId);
        this.tools.set(update.toolCallId, title ?? "");
      }
    } else {
      return;
    }
    this.show();
  }

  private show(): void {
    const { state } = this.daemon;
    const working = this.sessions.working.length > 0;
    setContext("state", state);
    setContext("working", working);
    const [text, tooltip, background] = this.now(working);
    this.item.text = text;
    this.item.tooltip = tooltip;
    this.item.backgroundColor = background ? new ThemeColor(`statusBarItem.${background}Background`) : undefined;
    this.item.accessibilityInformation = { label: `${text.replace(/\$\([^)]*\)\s*/g, "")}. ${tooltip}` };
  }

  private now(working: boolean): Shown {
    switch (this.daemon.state) {
      case "down":
        return ["$(error) Harness", "The daemon is not running. Click to start it.", "error"];
      case "noFolder":
        return ["$(sparkle) Harness", "Open a folder: the agent works inside of it."];
      case "running":
        return this.review.isKnown ? this.whatWaits(working) : STARTING;
      default:
        return STARTING;
    }
  }

  private whatWaits(working: boolean): Shown {
    const hunks = this.review.store.open();
    const questions = this.approvals.waiting;
    if (questions.length > 0) {
      const both = [several(questions.length, "question"), ...(hunks.length ? [several(hunks.length, "change")] : [])];
      return [`$(bell-dot) Harness: ${both.join(", ")}`, `The agent asks: ${questions[0]}`, "warning"];
    }
    if (hunks.length > 0) {
      const count = several(hunks.length, "change");
      return hunks.every(isTrial)
        ? [`$(git-pull-request) Harness: ${count} to keep`, "Keep or undo what the agent changed."]
        : [`$(git-pull-request) Harness: ${count}`, "The agent’s changes wait for you."];
    }
    if (working) {
      const tool = [...this.tools.values()].filter(Boolean).at(-1);
      const doing = this.waits ?? tool ?? "thinking";
      return [`$(loading~spin) Harness: ${doing}`, "The agent is at work. Click to stop it."];
    }
    return ["$(sparkle) Harness", "The agent is ready. Click for what it can do."];
  }

  private async menu(): Promise<void> {
    const chosen = await window.showQuickPick(this.offers(), { title: "Harness Bridge" });
    if (chosen) {
      await commands.executeCommand(`harnessBridge.${chosen.run}`);
    }
  }

  private offers(): Offer[] {
    if (this.daemon.state === "down") {
      return [
        { label: "$(debug-restart) Start the daemon", run: "restart" },
        { label: "$(settings-gear) Set its command", run: "openCommandSetting" },
        { label: "$(output) Show its log", run: "showLog" },
      ];
    }
    const hunks = this.review.store.open().length;
    const policy = this.sessions.policy === "keep" ? "apply, then keep or undo" : "ask first";
    const always: Offer[] = [
      { label: "$(list-tree) Open the view of changes", run: "changes.focus" },
      { label: "$(comment-discussion) Show conversation", run: "showConversation" },
      { label: "$(settings) Switch review policy…", description: policy, run: "switchPolicy" },
      { label: "$(graph) Show usage", run: "showUsage" },
      { label: "$(debug-restart) Restart daemon", run: "restart" },
    ];
    const now: (Offer | false)[] = [
      this.approvals.waiting.length > 0 && { label: "$(question) Answer the agent’s question…", run: "answer" },
      hunks > 0 && {
        label: "$(arrow-down) Go to the next change",
        description: several(hunks, "change"),
        run: "nextHunk",
      },
      hunks > 1 && { label: "$(diff-multiple) Review all changes", run: "reviewAll" },
      this.sessions.working.length > 0
        ? { label: "$(debug-stop) Stop the agent", run: "stop" }
        : { label: "$(sparkle) Ask agent…", run: "ask" },
      this.sessions.working.length > 0 && { label: "$(comment) Tell the agent…", run: "steer" },
    ];
    return [...now.filter((one) => one !== false), ...always];
  }

  private async switchPolicy(): Promise<void> {
    const { policy } = this.sessions;
    const items = [
      { label: "Ask first", detail: "You decide each change; accepted ones are applied.", value: "ask" as const },
      {
        label: "Apply, then keep or undo",
        detail: "Changes are in the text at once; you keep or undo each.",
        value: "keep" as const,
      },
    ].map((item) => ({ ...item, description: item.value === policy ? "now" : "" }));
    const title = "Review policy: when the agent’s edits are applied";
    const chosen = await window.showQuickPick(items, { title, placeHolder: "What waits already stays as it is." });
    if (!chosen || chosen.value === policy) {
      return;
    }
    try {
      await this.sessions.choosePolicy(chosen.value);
    } catch (error) {
      void window.showErrorMessage(inWords(error));
    }
  }
}

function several(count: number, what: string): string {
  return count === 1 ? `1 ${what}` : `${count} ${what}s`;
}

/** The setting that says how the daemon is started, opened for the person. */
export async function openCommandSetting(): Promise<void> {
  await commands.executeCommand("workbench.action.openSettings", settings.COMMAND_SETTING);
}
