/** The way in: puts the parts together. */

import { commands, type ExtensionContext, window, workspace } from "vscode";
import { Daemon } from "./client";
import { Approvals } from "./features/approvals/approvals";
import { Ask } from "./features/ask/ask";
import { Conversation } from "./features/ask/conversation";
import { ChangesView } from "./features/changes/view";
import { Cost } from "./features/cost/cost";
import { EditorRequests } from "./features/editor/apply";
import { KeepQuickDiff } from "./features/keep/quickDiff";
import { ReviewCommands } from "./features/review/commands";
import { Comments } from "./features/review/comments";
import { EditHunk } from "./features/review/edit";
import { Lenses } from "./features/review/lenses";
import { Marks } from "./features/review/marks";
import { Review } from "./features/review/review";
import { Show } from "./features/review/show";
import { Targets } from "./features/review/target";
import { ReviewTexts } from "./features/review/texts";
import { openCommandSetting, Status } from "./features/status/status";
import { Steer } from "./features/turn/steer";
import { Sessions } from "./session";
import * as settings from "./settings";

let running: Daemon | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
  const log = window.createOutputChannel("Harness Bridge Daemon", { log: true });
  const daemon = new Daemon(log);
  running = daemon;
  const sessions = new Sessions(daemon, context.workspaceState);
  const review = new Review(daemon, sessions);
  const texts = new ReviewTexts(review);
  const targets = new Targets(review, texts);
  const show = new Show(review, texts);
  const comments = new Comments(review, targets);
  const approvals = new Approvals(daemon, sessions);
  context.subscriptions.push(
    log,
    daemon,
    sessions,
    review,
    texts,
    show,
    comments,
    approvals,
    new EditorRequests(daemon),
    new Conversation(daemon, sessions),
    new Ask(daemon, sessions, review),
    new ReviewCommands(review, show, targets),
    new EditHunk(review, targets),
    new Lenses(review, texts),
    new Marks(review),
    new ChangesView(review, comments),
    new KeepQuickDiff(review),
    new Status(daemon, sessions, review, approvals),
    new Cost(daemon, sessions),
    new Steer(daemon, sessions),
    commands.registerCommand("harnessBridge.restart", () => daemon.restart()),
    commands.registerCommand("harnessBridge.showLog", () => log.show()),
    commands.registerCommand("harnessBridge.openCommandSetting", openCommandSetting),
    workspace.onDidChangeWorkspaceFolders(() => daemon.state === "noFolder" && void daemon.start()),
    workspace.onDidChangeConfiguration(async (event) => {
      if (settings.START_SETTINGS.some((name) => event.affectsConfiguration(name))) {
        const restart = "Restart Daemon";
        const words = "The settings of Harness Bridge changed. They take effect when the daemon is started again.";
        if (daemon.state === "down" || (await window.showInformationMessage(words, restart)) === restart) {
          await daemon.restart();
        }
      }
    }),
  );
  await daemon.start();
}

export async function deactivate(): Promise<void> {
  await running?.stop();
}
