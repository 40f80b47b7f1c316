/** Remarks on hunks: gathered while looking, sent together, with or without a decision. */

import { commands, type Disposable, EventEmitter, window } from "vscode";
import { setContext } from "../../context";
import { gist, isOpen, number } from "../../core/hunks";
import type { HunkVerdict, HunkView } from "../../protocol/generated";
import type { Review } from "./review";
import type { Targets } from "./target";

interface Choice {
  readonly label: string;
  readonly detail: string;
  readonly commented: HunkVerdict | undefined;
  readonly others: HunkVerdict | undefined;
}

const CHOICES: readonly Choice[] = [
  {
    label: "$(comment) Comment only",
    detail: "Decide nothing yet.",
    commented: undefined,
    others: undefined,
  },
  {
    label: "$(close) Reject what I commented on",
    detail: "The comments are the reasons. The other changes go on waiting.",
    commented: "reject",
    others: undefined,
  },
  {
    label: "$(check) Reject what I commented on, accept the rest",
    detail: "The comments are the reasons. Everything else that fits is accepted.",
    commented: "reject",
    others: "accept",
  },
];

export class Comments implements Disposable {
  private readonly remarks = new Map<string, string>();
  private readonly changed = new EventEmitter<void>();
  private readonly subscriptions: Disposable[];

  readonly onDidChange = this.changed.event;

  constructor(
    private readonly review: Review,
    private readonly targets: Targets,
  ) {
    this.subscriptions = [
      this.changed,
      review.onDidChange(() => this.forgetSettled()),
      commands.registerCommand("harnessBridge.comment", (given: unknown) => this.comment(given)),
      commands.registerCommand("harnessBridge.submitReview", () => this.submit()),
      commands.registerCommand("harnessBridge.discardComments", () => {
        this.remarks.clear();
        this.tell();
      }),
    ];
  }

  /** The remark on a hunk that is not sent yet. */
  on(hunkId: string): string | undefined {
    return this.remarks.get(hunkId);
  }

  get count(): number {
    return this.remarks.size;
  }

  dispose(): void {
    for (const one of this.subscriptions) {
      one.dispose();
    }
  }

  private async comment(given: unknown): Promise<void> {
    const hunk = this.targets.hunk(given);
    if (!hunk) {
      void window.showInformationMessage("There is no change of the agent here.");
      return;
    }
    const text = await window.showInputBox({
      title: `Comment on hunk ${number(hunk)}: ${gist(hunk)}`,
      placeHolder: "Sent to the agent with “Submit review”. Empty removes the comment.",
      value: this.remarks.get(hunk.hunkId) ?? "",
      ignoreFocusOut: true,
    });
    if (text === undefined) {
      return;
    }
    if (text.trim() === "") {
      this.remarks.delete(hunk.hunkId);
    } else {
      this.remarks.set(hunk.hunkId, text);
    }
    this.tell();
  }

  private async submit(): Promise<void> {
    const remarks = [...this.remarks];
    const choice = await window.showQuickPick(CHOICES, {
      title: `Submit review: ${remarks.length === 1 ? "1 comment" : `${remarks.length} comments`}`,
    });
    if (!choice) {
      return;
    }
    const others = this.review.store.open().filter((hunk) => hunk.fit === "clean" && !this.remarks.has(hunk.hunkId));
    const commented = choice.commented;
    if (!commented && !(await this.review.comment(remarks.map(([hunkId, text]) => ({ hunkId, text }))))) {
      return; // they are kept, to be sent again
    }
    this.remarks.clear();
    this.tell();
    await this.review.decide([
      ...(commented ? remarks.map(([hunkId, reason]) => ({ hunkId, verdict: commented, reason })) : []),
      ...(choice.others ? others.map(decision(choice.others)) : []),
    ]);
  }

  /** What was said of a hunk that waits no more is moot. */
  private forgetSettled(): void {
    const moot = [...this.remarks.keys()].filter((id) => {
      const hunk = this.review.store.get(id);
      return !hunk || !isOpen(hunk);
    });
    for (const id of moot) {
      this.remarks.delete(id);
    }
    if (moot.length > 0) {
      this.tell();
    }
  }

  private tell(): void {
    setContext("comments", this.remarks.size);
    this.changed.fire();
  }
}

function decision(verdict: HunkVerdict): (hunk: HunkView) => { hunkId: string; verdict: HunkVerdict } {
  return ({ hunkId }) => ({ hunkId, verdict });
}
