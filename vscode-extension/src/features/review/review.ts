/** The review: hunks as they are, kept in step with the daemon and the documents; decisions, undo, remarks. */

import { type Disposable, EventEmitter, window, workspace } from "vscode";
import type { Daemon } from "../../client";
import { setContext } from "../../context";
import { requestsOf, withBlockers } from "../../core/decisions";
import { inWords } from "../../core/errors";
import { Gathering } from "../../core/gathering";
import { HunkStore } from "../../core/hunkStore";
import { asksWords, outcomeWords } from "../../core/outcomes";
import type { HunkChoice, HunkComment, HunkOutcome, HunkView } from "../../protocol/generated";
import { type Sessions, spelled } from "../../session";

/** After so long without typing, places that can't be told here are asked for. */
const SETTLE_MS = 250;
/** Views are told at most so often: a proposal comes hunk by hunk, thousands of them within a second. */
const GATHER_MS = 50;
/** Of more hunks than these the file's list is asked for, not each. */
const MOST_ASKED_SINGLY = 8;

export class Review implements Disposable {
  readonly store: HunkStore;
  private readonly changed = new EventEmitter<ReadonlySet<string>>();
  private readonly moved = new EventEmitter<ReadonlySet<string>>();
  private readonly shown = new EventEmitter<void>();
  private isComplete = false;
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly subscriptions: Disposable[];

  /** URIs whose hunks are others now, or in another state. */
  readonly onDidChange = this.changed.event;
  /** URIs whose documents changed under their hunks. */
  readonly onDidMove = this.moved.event;
  /** Whether all that waits is known is another matter now. */
  readonly onDidComplete = this.shown.event;

  constructor(
    private readonly daemon: Daemon,
    sessions: Sessions,
  ) {
    this.store = new HunkStore((uri) => workspace.textDocuments.find((one) => one.uri.toString() === uri)?.version);
    const changes = new Gathering(GATHER_MS, (uris) => this.tell(uris));
    const moves = new Gathering(GATHER_MS, (uris) => this.moved.fire(uris));
    this.subscriptions = [
      changes,
      moves,
      this.store.onDidChange((uris) => changes.add(uris)),
      this.store.onDidMove((uri) => moves.add([uri])),
      this.store.onOutOfDate((uri) => this.askSoon(uri)),
      sessions.onHappening(({ update, replay }) => {
        if (update.sessionUpdate === "hunk_update" && !replay) {
          this.store.put(ours(update.hunk));
        } else if (update.sessionUpdate === "turn_started" && !replay) {
          this.store.forgetSettled();
        }
      }),
      sessions.onTakenUp(() => void this.list().then(() => this.complete(daemon.state === "running"))),
      daemon.onDidChangeState((state) => {
        if (state !== "running") {
          this.complete(false);
          this.store.clear();
        }
      }),
      workspace.onDidOpenTextDocument((document) => this.store.documentOpened(document.uri.toString())),
      workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (document.uri.scheme === "file" && contentChanges.length > 0) {
          this.store.documentChanged(document.uri.toString(), document.version, contentChanges);
        }
      }),
      workspace.onDidCloseTextDocument((document) => this.store.documentClosed(document.uri.toString())),
    ];
  }

  /** Whether the daemon has told all that waits; until then that nothing is known means nothing. */
  get isKnown(): boolean {
    return this.isComplete;
  }

  /** Ask anew what waits: in one file, or everywhere. */
  async list(uri?: string): Promise<void> {
    const asked = new Set(this.store.open(uri).map((hunk) => hunk.hunkId));
    const hunks: HunkView[] = [];
    try {
      let cursor: string | null | undefined;
      do {
        const page = await this.daemon.request("harness/review/list", { uri: uri ?? null, cursor: cursor ?? null });
        hunks.push(...page.hunks.map(ours));
        cursor = page.nextCursor;
      } while (cursor);
    } catch (error) {
      void window.showErrorMessage(`The agent's changes could not be listed. ${inWords(error)}`);
      return;
    }
    this.store.replace(hunks, asked);
  }

  /** Decide; what did not go as wished is said. Returns what came of decisions, none where the daemon refused them. */
  async decide(choices: readonly HunkChoice[]): Promise<readonly HunkOutcome[]> {
    const { decide, undo } = requestsOf(choices, (id) => this.store.get(id));
    const outcomes =
      decide.length === 0
        ? []
        : await this.saying(
            async () => (await this.daemon.request("harness/review/decide", { decisions: decide })).outcomes,
          );
    for (const [reason, ids] of undo) {
      await this.undo(ids, reason);
    }
    return outcomes;
  }

  /** Take hunks that stand out of the text again; asks where later ones stand on them. */
  async undo(ids: readonly string[], reason = ""): Promise<void> {
    const given = { hunkIds: [...ids], ...(reason ? { reason } : {}) };
    const outcomes = await this.saying(
      async () => (await this.daemon.request("harness/review/undo", given)).outcomes,
      true,
    );
    const all = withBlockers(ids, outcomes);
    const later = all.length - ids.length;
    if (later > 0) {
      const yes = `Undo These ${all.length} Together`;
      const words = `${later === 1 ? "A later change stands" : `${later} later changes stand`} on ${ids.length === 1 ? "this one" : "these"}.`;
      if ((await window.showWarningMessage(words, yes)) === yes) {
        await this.undo(all, reason);
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
    const { hunk, currentText } = await this.daemon.request("harness/review/get", { hunkId });
    return { hunk: ours(hunk), currentText };
  }

  dispose(): void {
    for (const timer of this.timers.values()) {
      clearTimeout(timer);
    }
    for (const one of [...this.subscriptions, this.changed, this.moved, this.shown]) {
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

  private complete(is: boolean): void {
    if (is !== this.isComplete) {
      this.isComplete = is;
      setContext("known", is);
      this.shown.fire();
    }
  }

  private askSoon(uri: string): void {
    clearTimeout(this.timers.get(uri));
    this.timers.set(
      uri,
      setTimeout(() => {
        this.timers.delete(uri);
        if (this.daemon.state === "running") {
          void this.askForPlaces(uri);
        }
      }, SETTLE_MS),
    );
  }

  private async askForPlaces(uri: string): Promise<void> {
    const ids = this.store.doubtful(uri);
    if (ids.length > MOST_ASKED_SINGLY) {
      await this.list(uri);
      return;
    }
    try {
      const found = await Promise.all(ids.map((id) => this.look(id)));
      this.store.replace(
        found.map(({ hunk }) => hunk),
        new Set(ids),
      );
    } catch {
      await this.list(uri); // one of them is not known any more; what is wrong else, the list says
    }
  }
}

/** A hunk with its file spelled as the editor does. */
function ours(hunk: HunkView): HunkView {
  return { ...hunk, uri: spelled(hunk.uri) };
}
