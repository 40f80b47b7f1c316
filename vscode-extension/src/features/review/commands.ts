/** The review's commands, for keys, lenses, menus and rows alike. */

import { commands, type Disposable, Selection, type TextEditor, window } from "vscode";
import { setContext } from "../../context";
import { choicesOf } from "../../core/decisions";
import { inWords } from "../../core/errors";
import { isOpen, isStale, number, summary } from "../../core/hunks";
import type { HunkVerdict, HunkView } from "../../protocol/generated";
import type { Review } from "./review";
import { isInReview, type Show } from "./show";
import type { Row, Targets } from "./target";
import { PROPOSAL } from "./texts";

export class ReviewCommands implements Disposable {
  private readonly subscriptions: Disposable[];

  constructor(
    private readonly review: Review,
    private readonly show: Show,
    private readonly targets: Targets,
  ) {
    const given = (name: string, run: (argument: unknown) => Promise<unknown>) =>
      commands.registerCommand(`harnessBridge.${name}`, (argument: unknown) => said(() => run(argument)));
    this.subscriptions = [
      given("accept", (of) => this.decideOne(of, "accept")),
      given("reject", (of) => this.decideOne(of, "reject")),
      given("keepHunk", (of) => this.decideOne(of, "accept")),
      given("undoEdit", (of) => this.decideOne(of, "reject")),
      given("rejectWithReason", (of) => this.rejectWithReason(of)),
      given("applyAnyway", (of) => this.applyAnyway(of)),
      given("undoHunk", (of) => this.on(of, (hunk) => this.review.undo([hunk.hunkId]))),
      given("showHunk", (of) => this.on(of, (hunk) => this.show.hunk(hunk))),
      given("acceptLines", () => this.decideLines("accept")),
      given("rejectLines", () => this.decideLines("reject")),
      given("reviewFile", (of) => this.reviewFile(of)),
      given("reviewAll", () => this.show.all()),
      given("acceptFile", (of) => this.decideFile(of, "accept")),
      given("rejectFile", (of) => this.decideFile(of, "reject")),
      given("acceptProposal", (of) => this.decideProposal(of, "accept")),
      given("rejectProposal", (of) => this.decideProposal(of, "reject")),
      given("nextHunk", () => this.step(1)),
      given("previousHunk", () => this.step(-1)),
      window.onDidChangeTextEditorSelection(({ textEditor }) => this.look(textEditor)),
      window.onDidChangeActiveTextEditor((editor) => this.look(editor)),
      window.tabGroups.onDidChangeTabs(() => setContext("inReview", isInReview())),
      review.onDidChange(() => this.look(window.activeTextEditor)),
    ];
  }

  dispose(): void {
    for (const one of this.subscriptions) {
      one.dispose();
    }
  }

  private async on(given: unknown, run: (hunk: HunkView) => Promise<unknown>): Promise<void> {
    const hunk = this.targets.hunk(given);
    if (hunk) {
      await run(hunk);
    } else {
      void window.showInformationMessage("There is no change of the agent here.");
    }
  }

  private async decideOne(given: unknown, verdict: HunkVerdict): Promise<void> {
    await this.on(given, async (hunk) => {
      if (verdict === "accept" && isStale(hunk)) {
        await this.show.hunk(hunk); // after a look, it can be applied anyway
        return;
      }
      await this.review.decide([{ hunkId: hunk.hunkId, verdict }]);
    });
  }

  private async rejectWithReason(given: unknown): Promise<void> {
    await this.on(given, async (hunk) => {
      const reason = await window.showInputBox({
        title: `Reject hunk ${number(hunk)} (${summary(hunk)})`,
        placeHolder: "Why? The agent is told; empty rejects without a reason.",
        ignoreFocusOut: true,
      });
      if (reason !== undefined) {
        await this.review.decide([{ hunkId: hunk.hunkId, verdict: "reject", ...(reason ? { reason } : {}) }]);
      }
    });
  }

  private async applyAnyway(given: unknown): Promise<void> {
    await this.on(given, async (hunk) => {
      const { currentText } = await this.review.look(hunk.hunkId);
      const yes = "Replace It";
      const words = "The text was changed since the agent saw it. Put the agent’s lines in its place?";
      const detail = currentText ? `What stands there now, and would go:\n\n${shortened(currentText)}` : "";
      if ((await window.showWarningMessage(words, { modal: true, detail }, yes)) === yes) {
        await this.review.decide([{ hunkId: hunk.hunkId, verdict: "accept", anyway: true }]);
      }
    });
  }

  /** The selected lines of the proposal, in as many hunks as they are in. */
  private async decideLines(verdict: HunkVerdict): Promise<void> {
    const editor = window.activeTextEditor;
    if (editor?.document.uri.scheme !== PROPOSAL) {
      void window.showInformationMessage("Select lines on the agent’s side of the diff first.");
      return;
    }
    const { start, end } = editor.selection;
    const lines = { start: start.line, end: end.character === 0 && end.line > start.line ? end.line : end.line + 1 };
    const decisions = choicesOf(lines, this.targets.touched(editor, lines), verdict);
    if (decisions.length === 0) {
      void window.showInformationMessage("The selected lines are not the agent’s.");
    }
    editor.selection = new Selection(end, end);
    await this.review.decide(decisions);
  }

  private async reviewFile(given: unknown): Promise<void> {
    const uri = this.targets.file(given);
    if (uri) {
      await this.show.file(uri);
    }
  }

  private async decideFile(given: unknown, verdict: HunkVerdict): Promise<void> {
    const uri = this.targets.file(given);
    const proposal = (given as Row | undefined)?.proposalId;
    const hunks = uri ? this.review.store.open(uri.toString()) : [];
    await this.decideAll(proposal ? hunks.filter((hunk) => hunk.proposalId === proposal) : hunks, verdict);
  }

  private async decideProposal(given: unknown, verdict: HunkVerdict): Promise<void> {
    const id = (given as Row | undefined)?.proposalId;
    await this.decideAll(
      this.review.store.open().filter((hunk) => hunk.proposalId === id),
      verdict,
    );
  }

  /** Stale ones are rejected with the others, and left alone when others are accepted. */
  private async decideAll(hunks: readonly HunkView[], verdict: HunkVerdict): Promise<void> {
    const meant = verdict === "accept" ? hunks.filter((hunk) => !isStale(hunk)) : hunks;
    await this.review.decide(meant.map(({ hunkId }) => ({ hunkId, verdict })));
  }

  private async step(way: 1 | -1): Promise<void> {
    const hunk = this.show.neighbour(way);
    if (hunk) {
      await this.show.go(hunk);
    } else {
      void window.showInformationMessage("No more changes of the agent wait for you.");
    }
  }

  /** What keys and menus may offer where the cursor is. */
  private look(editor: TextEditor | undefined): void {
    const uri = (window.activeTextEditor ?? editor)?.document.uri;
    const file = uri && this.targets.file(uri);
    setContext("fileHasHunks", file !== undefined && this.review.store.open(file.toString()).length > 0);
    const hunk = this.targets.atCursor(editor);
    setContext("inReview", isInReview());
    setContext("onHunk", hunk !== undefined && isOpen(hunk) && !isStale(hunk));
    setContext("onStale", hunk !== undefined && isStale(hunk));
  }
}

function shortened(text: string): string {
  const lines = text.split("\n");
  return lines.length <= 12 ? text : `${lines.slice(0, 12).join("\n")}\n… (${lines.length - 12} more lines)`;
}

async function said(run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (error) {
    void window.showErrorMessage(inWords(error));
  }
}
