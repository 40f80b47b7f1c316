/** What the sessions cost: an item in the status bar, a warning when a budget nears its end. */

import { commands, type Disposable, StatusBarAlignment, window } from "vscode";
import type { Daemon } from "../../client";
import { aroundCalls, costSentence, costWords } from "../../core/around";
import { inWords } from "../../core/errors";
import type { SessionUpdate } from "../../protocol/generated";
import type { Sessions } from "../../session";

export class Cost implements Disposable {
  private readonly item = window.createStatusBarItem("harnessBridge.cost", StatusBarAlignment.Left, 9);
  private readonly subscriptions: Disposable[];

  constructor(
    private readonly daemon: Daemon,
    private readonly sessions: Sessions,
  ) {
    this.item.name = "Harness Bridge: Cost";
    this.item.command = "harnessBridge.showUsage";
    this.subscriptions = [
      this.item,
      daemon.onDidChangeState((state) => state !== "running" && this.item.hide()),
      sessions.onHappening(({ update, replay }) => this.take(update, replay)),
      commands.registerCommand("harnessBridge.showUsage", () => this.tell("harness.usage")),
      commands.registerCommand("harnessBridge.compact", () => this.tell("harness.compact")),
    ];
  }

  dispose(): void {
    for (const one of this.subscriptions) {
      one.dispose();
    }
  }

  private take(update: SessionUpdate, replay: boolean): void {
    if (update.sessionUpdate === "usage_update") {
      this.item.text = costWords(update);
      this.item.tooltip = costSentence(update);
      this.item.accessibilityInformation = { label: costSentence(update) };
      this.item.show();
    } else if (!replay && (update.sessionUpdate === "budget_warning" || update.sessionUpdate === "model_switched")) {
      void window.showWarningMessage(`Harness: ${aroundCalls(update) ?? ""}.`);
    }
  }

  /** Run a command of the daemon, which says itself what came of it. */
  private async tell(command: "harness.usage" | "harness.compact"): Promise<void> {
    const sessionId = this.sessions.latest(window.activeTextEditor?.document.uri);
    if (sessionId === undefined) {
      void window.showInformationMessage("Nothing was asked of the agent yet.");
      return;
    }
    try {
      await this.daemon.execute(command, { sessionId });
    } catch (error) {
      void window.showErrorMessage(inWords(error));
    }
  }
}
