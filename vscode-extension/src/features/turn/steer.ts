/** Telling the agent something while it works. */

import { commands, type Disposable, window } from "vscode";
import type { Daemon } from "../../client";
import { inWords, kindOf } from "../../core/errors";
import type { Sessions } from "../../session";

export class Steer implements Disposable {
  private readonly command: Disposable;

  constructor(
    private readonly daemon: Daemon,
    private readonly sessions: Sessions,
  ) {
    this.command = commands.registerCommand("harnessBridge.steer", () => this.steer());
  }

  dispose(): void {
    this.command.dispose();
  }

  /** It is told to the turn that runs when the box opens, and to no other one. */
  private async steer(): Promise<void> {
    const turn = this.sessions.running;
    if (!turn) {
      void window.showInformationMessage("The agent is not at work now: ask it instead.");
      return;
    }
    const text = await window.showInputBox({
      title: "Tell the agent while it works",
      placeHolder: "For example: leave the tests as they are",
      ignoreFocusOut: true,
    });
    if (text === undefined || text.trim() === "") {
      return;
    }
    try {
      await this.daemon.request("harness/session/steer", { ...turn, prompt: [{ type: "text", text }] });
    } catch (error) {
      const late = kindOf(error) === "stale";
      const words = late ? `The agent was done before it heard: “${text}”. Ask it instead.` : inWords(error);
      void window.showWarningMessage(words);
    }
  }
}
