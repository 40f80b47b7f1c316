/** The review: hunks as they are, kept in step with the daemon and the documents; decisions, undo, remarks. */

import { type Disposable, EventEmitter, window, workspace } from "vscode";
import type { Daemon } from "../../client";
import { setContext } from "../../context";
import { inWords } from "../../core/errors";
import { HunkStore } from "../../core/hunkStore";
import { asksWords, outcomeWords } from "../../core/outcomes";
import type { HunkChoice, HunkComment, HunkOutcome, HunkView } from "../../protocol/generated";
import { type Sessions, spelled } from "../../session";

/** After so long without typing the places are asked for anew. */
const SETTLE_MS = 250;

export class Review implements Disposable {
  readonly store: HunkStore;
  private readonly changed = new EventEmitter<ReadonlySet<string>>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly subscriptions: Disposable[];

  /** URIs whose hunks are others now, or in another state. */
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly daemon: Daemon,
    sessions: Sessions,
  ) {
    this.store = new HunkStore((uri) => workspace.textDocuments.find((one) => one.uri.toString() === uri)?.version);
    this.subscriptions = [
      this.store.onDidChange((uris) => this.tell(uris)),
      this.store.onOutOfDate((uri) => this.relistSoon(uri)),
      sessions.onHappening(({ update, replay }) => {
        if (update.sessionUpdate === "hunk_update" && !replay) {
          this.store.put({ ...update.hunk, uri: spelled(update.hunk.uri) });
        } else if (update.sessionUpdate === "turn_started" && !replay) {
          this.store.forgetSettled();
        }
      }),
      sessions.onTakenUp(() => void this.list()),
      daemon.onDidChangeState((state) => {
        if (state !== "running") {
          this.store.clear();
        }
      }),
      workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (document.uri.scheme === "file" && contentChanges.length > 0) {
          this.store.documentChanged(document.uri.toString(), document.version, contentChanges);
        }
      }),
      workspace.onDidCloseTextDocument((document) => this.store.documentClosed(document.uri.toString())),
    ];
  }

  /** Ask anew what waits: in one file, or everywhere. */
  async list(uri?: string): Promise<void> {
    const asked = new Set(this.store.open(uri).map((hunk) => hunk.hunkId));
    const hunks: HunkView[] = [];
    try {
      let cursor: string | null | undefined;
      do {
        const page = await this.daemon.request("harness/review/list", { uri: uri ?? null, cursor: cursor ?? null });
        hunks.push(...page.hunks.map((hunk) => ({ ...hunk, uri: spelled(hunk.uri) })));
        cursor = page.nextCursor;
      } while (cursor);
    } catch (error) {
      void window.showErrorMessage(`The agent's changes could not be listed. ${inWords(error)}`);
      return;
    }
    this.store.replace(hunks, asked);
  }

  /** Decide; what did not go as wished is said. Returns the outcomes, none where the daemon refused the request. */
  async decide(decisions: readonly HunkChoice[]): Promise<readonly HunkOutcome[]> {
    if (decisions.length === 0) {
      return [];
    }
    return this.saying(async () => {
      const { outcomes } = await this.daemon.request("harness/review/decide", { decisions: [...decisions] });
      return outcomes;
    });
  }

  /** Take accepted hunks out of the text again; asks where later ones stand on them. */
  async undo(ids: readonly string[]): Promise<void> {
    const outcomes = await this.saying(async () => {
      return (await this.daemon.request("harness/review/undo", { hunkIds: [...ids] })).outcomes;
    }, true);
    const blockers = outcomes.flatMap((one) => one.blockedBy ?? []);
    if (blockers.length > 0) {
      const all = [...new Set([...ids, ...blockers])];
      const yes = `Undo These ${all.length}`;
      const words = `${blockers.length === 1 ? "A later change stands" : `${blockers.length} later changes stand`} on this one.`;
      if ((await window.showWarningMessage(words, yes)) === yes) {
        await this.undo(all);
      }
    }
  }

  /** Send remarks; true if they arrived. */
  async comment(comments: readonly HunkComment[]): Promise<boolean> {
    try {
      await this.daemon.request("harness/review/comment", { comments: [...comments] });
      return true;
    } catch (error) {
      void window.showErrorMessage(`Your comments were not sent. ${inWords(error)}`);
      return false;
    }
  }

  /** A hunk with the text that stands at its place. */
  async look(hunkId: string): Promise<{ hunk: HunkView; currentText: string }> {
    return this.daemon.request("harness/review/get", { hunkId });
  }

  dispose(): void {
    for (const timer of this.timers.values()) {
      clearTimeout(timer);
    }
    for (const one of [...this.subscriptions, this.changed]) {
      one.dispose();
    }
  }

  private async saying(ask: () => Promise<HunkOutcome[]>, blockersAreAsked = false): Promise<HunkOutcome[]> {
    try {
      const outcomes = await ask();
      const told = outcomes.filter((one) => asksWords(one) && !(blockersAreAsked && one.blockedBy?.length));
      if (told.length > 0) {
        void window.showWarningMessage(outcomeWords(told));
      }
      return outcomes;
    } catch (error) {
      void window.showErrorMessage(inWords(error));
      return [];
    }
  }

  private tell(uris: ReadonlySet<string>): void {
    setContext("waiting", this.store.open().length);
    this.changed.fire(uris);
  }

  private relistSoon(uri: string): void {
    clearTimeout(this.timers.get(uri));
    this.timers.set(
      uri,
      setTimeout(() => {
        this.timers.delete(uri);
        if (this.daemon.state === "running") {
          void this.list(uri);
        }
      }, SETTLE_MS),
    );
  }
}
