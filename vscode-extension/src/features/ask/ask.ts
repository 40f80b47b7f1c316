/** Asking the agent: an input box, from the palette, a key, a menu or the daemon's own code action. */

import { basename } from "node:path";
import { commands, type Disposable, Range, Uri, window, workspace } from "vscode";
import type { Daemon } from "../../client";
import { inWords, kindOf } from "../../core/errors";
import { isKept, waitWords } from "../../core/hunks";
import type { AskHereCommand, HunkView, PromptCommand, RefactorCommand } from "../../protocol/generated";
import type { Sessions } from "../../session";
import type { Review } from "../review/review";
import { completed } from "./missing";

/** What the question is about: a document, and the cursor or a selection in it. */
interface Where {
  readonly uri: Uri;
  readonly range: Range;
}

/** The daemon's commands that begin a turn. */
interface Begins {
  readonly "harness.prompt": PromptCommand;
  readonly "harness.refactor": RefactorCommand;
}

/** What any model understands, of a selection and without one. */
const SELECTED = "extract this into a function";
const ANYWHERE = "rename total to grand_total";

export class Ask implements Disposable {
  private readonly subscriptions: Disposable[];
  /** What was typed and not sent: it is there again next time. */
  private draft = "";

  constructor(
    private readonly daemon: Daemon,
    private readonly sessions: Sessions,
    private readonly review: Review,
  ) {
    daemon.intercept((command, [argument]) => {
      if (command === "harness.askHere") {
        return this.ask(selected(argument as AskHereCommand));
      }
      if (command === "harness.refactor") {
        return this.refactor(argument as RefactorCommand);
      }
      if (command === "harness.next") {
        return Promise.resolve(commands.executeCommand("harnessBridge.nextHunk")); // it knows the way through diffs
      }
      return command === "harness.prompt" ? this.trySend("harness.prompt", argument as PromptCommand) : undefined;
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
      placeHolder: `What should it do? For example: ${where && !where.range.isEmpty ? SELECTED : ANYWHERE}`,
      value: this.draft,
      ignoreFocusOut: true,
    });
    if (text === undefined || text.trim() === "") {
      return;
    }
    this.draft = text;
    const place = where && { uri: where.uri.toString(), range: wire(where.range) };
    if (await this.trySend("harness.prompt", { text, ...place })) {
      this.draft = "";
    }
  }

  private async refactor(given: RefactorCommand): Promise<void> {
    const whole = await completed(given);
    if (whole) {
      await this.trySend("harness.refactor", whole);
    }
  }

  /** Send a question to the session of its document's folder; false where it was refused, which is said. */
  private async trySend<C extends keyof Begins>(command: C, given: Begins[C]): Promise<boolean> {
    try {
      const sessionId = given.sessionId ?? (await this.sessions.of(given.uri ? Uri.parse(given.uri) : undefined));
      await this.daemon.execute(command, { ...given, sessionId });
      return true;
    } catch (error) {
      const later = command === "harness.prompt" ? (given as PromptCommand) : undefined;
      void this.refused(error, later).catch((problem: unknown) => window.showErrorMessage(inWords(problem)));
      return false;
    }
  }

  /** Say why; what came too early can be asked `later`, when the turn that runs has ended. */
  private async refused(error: unknown, later: PromptCommand | undefined): Promise<void> {
    if (kindOf(error) !== "busy") {
      void window.showErrorMessage(inWords(error));
      return;
    }
    const review = "Review";
    const stop = "Stop the Agent";
    const queue = "Ask Afterwards";
    const [first, ...more] = this.awaited();
    const why = first
      ? `${waitWords([first, ...more], (uri) => basename(Uri.parse(uri).path))}, then the agent goes on.`
      : "The agent is still at work on your last question.";
    const buttons = [...(first ? [review] : []), ...(later ? [queue] : []), stop];
    switch (await window.showWarningMessage(`${why} Your text is kept for the next one.`, ...buttons)) {
      case stop:
        this.sessions.stop();
        break;
      case review:
        await commands.executeCommand("harnessBridge.showHunk", (this.awaited()[0] ?? first)?.hunkId);
        break;
      case queue:
        await this.afterwards(later);
        break;
    }
  }

  /** Ask when the turn that runs has ended. */
  private async afterwards(later: PromptCommand | undefined): Promise<void> {
    if (later && (await this.trySend("harness.prompt", { ...later, queue: true }))) {
      this.draft = "";
    }
  }

  /** The changes without whose decision a running turn does not go on. */
  private awaited(): HunkView[] {
    const working = new Set(this.sessions.working);
    return this.review.store.open().filter((hunk) => !isKept(hunk) && working.has(hunk.sessionId));
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

/** The cursor or the selection; nothing where the active editor shows no file. */
function atCursor(): Where | undefined {
  const editor = window.activeTextEditor;
  return editor?.document.uri.scheme === "file" ? { uri: editor.document.uri, range: editor.selection } : undefined;
}

function selected({ uri, range: { start, end } }: AskHereCommand): Where {
  return { uri: Uri.parse(uri), range: new Range(start.line, start.character, end.line, end.character) };
}

function wire({ start, end }: Range): NonNullable<PromptCommand["range"]> {
  return {
    start: { line: start.line, character: start.character },
    end: { line: end.line, character: end.character },
  };
}

/** "shop.py, lines 3 to 8", counted from 1. A selection that ends before a line's first character leaves it out. */
function named({ uri, range: { start, end } }: Where): string {
  const name = workspace.asRelativePath(uri);
  const last = end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
  return last === start.line ? `${name}, line ${last + 1}` : `${name}, lines ${start.line + 1} to ${last + 1}`;
}
