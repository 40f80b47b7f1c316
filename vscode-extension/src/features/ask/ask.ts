/** Asking the agent: an input box, from the palette, a key, a menu or the daemon's own code action. */

import { commands, type Disposable, Uri, window, workspace } from "vscode";
import type { Daemon } from "../../client";
import { inWords, kindOf } from "../../core/errors";
import type { AskHereCommand, PromptCommand } from "../../protocol/generated";
import type { Sessions } from "../../session";

/** What the question is about: a document and lines of it, counted from 0. */
interface Where {
  readonly uri: Uri;
  readonly line: number;
  readonly endLine?: number;
}

export class Ask implements Disposable {
  private readonly subscriptions: Disposable[];
  /** What was typed and not sent: it is there again next time. */
  private draft = "";

  constructor(
    private readonly daemon: Daemon,
    private readonly sessions: Sessions,
  ) {
    daemon.intercept((command, [argument]) => {
      if (command === "harness.askHere") {
        return this.ask(selected(argument as AskHereCommand));
      }
      return command === "harness.prompt" ? this.trySend(argument as PromptCommand) : undefined;
    });
    this.subscriptions = [
      commands.registerCommand("harnessBridge.ask", () => this.ask(atCursor())),
      commands.registerCommand("harnessBridge.stop", () => sessions.stop()),
      commands.registerCommand("harnessBridge.newSession", () => this.renew()),
    ];
  }

  dispose(): void {
    for (const one of this.subscriptions) {
      one.dispose();
    }
  }

  private async ask(where: Where | undefined): Promise<void> {
    const text = await window.showInputBox({
      title: where ? `Ask the agent about ${named(where)}` : "Ask the agent",
      placeHolder: "What should it do?",
      value: this.draft,
      ignoreFocusOut: true,
    });
    if (text === undefined || text.trim() === "") {
      return;
    }
    this.draft = text;
    if (await this.trySend(prompt(text, where))) {
      this.draft = "";
    }
  }

  /** Send a question to the session of its document's folder; false where it was refused, which is said. */
  private async trySend(given: PromptCommand): Promise<boolean> {
    try {
      const sessionId = given.sessionId ?? (await this.sessions.of(given.uri ? Uri.parse(given.uri) : undefined));
      await this.daemon.execute("harness.prompt", { ...given, sessionId });
      return true;
    } catch (error) {
      void this.refused(error);
      return false;
    }
  }

  private async refused(error: unknown): Promise<void> {
    if (kindOf(error) !== "busy") {
      void window.showErrorMessage(inWords(error));
      return;
    }
    const stop = "Stop the Agent";
    const words = "The agent is still at work on your last question. Your text is kept for the next one.";
    if ((await window.showWarningMessage(words, stop)) === stop) {
      this.sessions.stop();
    }
  }

  private async renew(): Promise<void> {
    try {
      await this.sessions.renew(window.activeTextEditor?.document.uri);
      void window.setStatusBarMessage("Harness: a new session. The agent knows nothing of the former one.", 5000);
    } catch (error) {
      void window.showErrorMessage(inWords(error));
    }
  }
}

function prompt(text: string, where: Where | undefined): PromptCommand {
  const place = where && { uri: where.uri.toString(), line: where.line };
  return { text, ...place, ...(where?.endLine === undefined ? {} : { endLine: where.endLine }) };
}

/** The cursor or the selection; nothing where the active editor shows no file. */
function atCursor(): Where | undefined {
  const editor = window.activeTextEditor;
  if (editor?.document.uri.scheme !== "file") {
    return undefined;
  }
  const { start, end, isEmpty } = editor.selection;
  return lines(editor.document.uri, start.line, isEmpty ? undefined : lastLine(start.line, end.line, end.character));
}

function selected({ uri, range: { start, end } }: AskHereCommand): Where {
  const empty = start.line === end.line && start.character === end.character;
  return lines(Uri.parse(uri), start.line, empty ? undefined : lastLine(start.line, end.line, end.character));
}

/** A selection that ends before the first character of a line leaves that line out. */
function lastLine(first: number, last: number, character: number): number {
  return character === 0 && last > first ? last - 1 : last;
}

function lines(uri: Uri, line: number, endLine: number | undefined): Where {
  return endLine === undefined ? { uri, line } : { uri, line, endLine };
}

/** "shop.py, lines 3 to 8", counted from 1. */
function named({ uri, line, endLine }: Where): string {
  const name = workspace.asRelativePath(uri);
  if (endLine === undefined) {
    return `${name}, line ${line + 1}`;
  }
  return endLine === line ? `${name}, line ${line + 1}` : `${name}, lines ${line + 1} to ${endLine + 1}`;
}
