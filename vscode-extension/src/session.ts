/** The workspace's sessions: one a folder, opened on first use, taken up again after a reload. */

import { type Disposable, EventEmitter, type Memento, Uri, type WorkspaceFolder, window, workspace } from "vscode";
import type { Daemon } from "./client";
import { inWords } from "./core/errors";
import type {
  ReviewPolicy,
  SessionConfigOption,
  SessionNotification,
  SessionUpdate,
  TurnEnded,
} from "./protocol/generated";
import * as settings from "./settings";

const POLICY = "review_policy";

/** Something that happened in a session. `replay`: it happened in an earlier time. */
export interface Happening {
  readonly sessionId: string;
  readonly update: SessionUpdate;
  readonly replay: boolean;
}

interface Session {
  readonly id: string;
  readonly cwd: string;
  turn: string | undefined;
  options: readonly SessionConfigOption[];
  loading: boolean;
}

export class Sessions implements Disposable {
  private readonly sessions = new Map<string, Session>();
  private readonly happened = new EventEmitter<Happening>();
  private readonly changed = new EventEmitter<void>();
  private readonly ended = new EventEmitter<{ sessionId: string; turn: TurnEnded }>();
  private readonly taken = new EventEmitter<void>();
  private readonly subscriptions: Disposable[];

  /** Every update, in order. */
  readonly onHappening = this.happened.event;
  /** Whether a session works, or how, is another matter now. */
  readonly onDidChange = this.changed.event;
  readonly onTurnEnded = this.ended.event;
  /** The daemon is up, or a folder was added, and what was open there before is open again. */
  readonly onTakenUp = this.taken.event;

  constructor(
    private readonly daemon: Daemon,
    private readonly memory: Memento,
  ) {
    this.subscriptions = [
      daemon.onUpdate((notification) => this.take(notification)),
      daemon.onDidChangeState((state) => this.daemonIs(state)),
      workspace.onDidChangeWorkspaceFolders(({ added }) => {
        if (added.length > 0 && daemon.state === "running") {
          void this.takeUp(added);
        }
      }),
      workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(settings.REVIEW_SETTING)) {
          void this.followSetting();
        }
      }),
    ];
  }

  /** The sessions in which a turn runs. */
  get working(): string[] {
    return [...this.sessions.values()].filter((session) => session.turn !== undefined).map((session) => session.id);
  }

  /** The turn that runs; of several the one that was last begun. */
  get running(): { sessionId: string; turnId: string } | undefined {
    const found = [...this.sessions.values()].filter((session) => session.turn !== undefined).at(-1);
    return found?.turn === undefined ? undefined : { sessionId: found.id, turnId: found.turn };
  }

  /** The session of a document's folder, else the latest of all; none is opened for it. */
  latest(uri: Uri | undefined): string | undefined {
    const folder = uri && workspace.getWorkspaceFolder(uri);
    const session = (folder && this.inFolder(folder.uri.fsPath)) ?? [...this.sessions.values()].at(-1);
    return session?.id;
  }

  /** The session of a document's folder; a new one if there is none. */
  async of(uri: Uri | undefined): Promise<string> {
    const folder = await chosenFolder(uri);
    return this.inFolder(folder.uri.fsPath)?.id ?? (await this.open(folder));
  }

  /** Open another session in a folder; what waits in the former one stays there. */
  async renew(uri: Uri | undefined): Promise<void> {
    await this.open(await chosenFolder(uri));
  }

  /** Stop what runs. */
  stop(): void {
    for (const sessionId of this.working) {
      this.daemon.notify("harness/session/cancel", { sessionId });
    }
  }

  /** The review policy that edits of the agent have from now on. */
  get policy(): ReviewPolicy {
    const values = [...this.sessions.values()].flatMap((session) => session.options.filter((one) => one.id === POLICY));
    return values[0] ? (values[0].currentValue as ReviewPolicy) : settings.reviewPolicy();
  }

  /** Switch the policy of the open sessions; without one, the setting. */
  async choosePolicy(value: ReviewPolicy): Promise<void> {
    if (this.sessions.size === 0) {
      await settings.setReviewPolicy(value);
      return;
    }
    for (const session of this.sessions.values()) {
      const params = { sessionId: session.id, configId: POLICY, value };
      session.options = (await this.daemon.request("harness/session/set_config_option", params)).configOptions;
    }
    this.changed.fire();
  }

  private async followSetting(): Promise<void> {
    try {
      if (this.sessions.size > 0) {
        await this.choosePolicy(settings.reviewPolicy());
      }
    } catch (error) {
      void window.showErrorMessage(`The review policy was not switched. ${inWords(error)}`);
    }
  }

  dispose(): void {
    for (const one of [...this.subscriptions, this.happened, this.changed, this.ended, this.taken]) {
      one.dispose();
    }
  }

  private inFolder(cwd: string): Session | undefined {
    return [...this.sessions.values()].filter((session) => session.cwd === cwd).at(-1);
  }

  private add(id: string, cwd: string): Session {
    const session: Session = { id, cwd, turn: undefined, options: [], loading: false };
    this.sessions.set(id, session);
    return session;
  }

  private async open(folder: WorkspaceFolder): Promise<string> {
    const cwd = folder.uri.fsPath;
    const answer = await this.daemon.request("harness/session/new", { cwd });
    const session = this.sessions.get(answer.sessionId) ?? this.add(answer.sessionId, cwd);
    session.options = answer.configOptions ?? [];
    await this.memory.update(key(cwd), session.id);
    const policy = session.options.find((one) => one.id === POLICY)?.currentValue;
    if (policy !== undefined && policy !== settings.reviewPolicy()) {
      await this.followSetting(); // the setting was changed after the daemon's start
    }
    return session.id;
  }

  private daemonIs(state: string): void {
    if (state === "running") {
      void this.takeUp(workspace.workspaceFolders ?? []);
      return;
    }
    this.sessions.clear();
    this.changed.fire();
  }

  /** Load each folder's session of before, so that what waits in it is there again. */
  private async takeUp(folders: readonly WorkspaceFolder[]): Promise<void> {
    for (const folder of folders) {
      await this.load(folder.uri.fsPath);
    }
    this.changed.fire();
    this.taken.fire();
  }

  private async load(cwd: string): Promise<void> {
    try {
      const { sessions } = await this.daemon.request("harness/session/list", { cwd });
      const last = this.memory.get<string>(key(cwd));
      const found = sessions.find((one) => one.sessionId === last) ?? sessions[0];
      if (!found) {
        return;
      }
      const session = this.add(found.sessionId, cwd);
      session.loading = true;
      const answer = await this.daemon.request("harness/session/load", { sessionId: session.id, cwd });
      session.options = answer.configOptions ?? [];
      session.loading = false;
      await this.memory.update(key(cwd), session.id);
    } catch (error) {
      // Another window may have it open: this one begins a session of its own with the first question.
      this.forget(cwd);
      void window.setStatusBarMessage(`Harness: the session of before stays closed. ${inWords(error)}`, 10_000);
    }
  }

  private forget(cwd: string): void {
    for (const session of [...this.sessions.values()].filter((one) => one.cwd === cwd)) {
      this.sessions.delete(session.id);
    }
  }

  private take({ sessionId, update }: SessionNotification): void {
    const session = this.sessions.get(sessionId) ?? this.add(sessionId, "");
    const replay = session.loading;
    this.happened.fire({ sessionId, update, replay });
    if (update.sessionUpdate === "turn_started") {
      session.turn = update.turnId;
      this.changed.fire();
    } else if (update.sessionUpdate === "turn_ended") {
      session.turn = undefined;
      this.changed.fire();
      if (!replay) {
        this.ended.fire({ sessionId, turn: update });
      }
    } else if (update.sessionUpdate === "config_option_update") {
      session.options = update.configOptions;
      this.changed.fire();
    }
  }
}

function key(cwd: string): string {
  return `session:${cwd}`;
}

/** The folder of a document; asked for where there are several and no document tells. */
async function chosenFolder(uri: Uri | undefined): Promise<WorkspaceFolder> {
  const folders = workspace.workspaceFolders ?? [];
  const holding = uri && workspace.getWorkspaceFolder(uri);
  const only = folders.length === 1 ? folders[0] : undefined;
  const folder = holding ?? only ?? (await window.showWorkspaceFolderPick({ placeHolder: "In which folder?" }));
  if (!folder) {
    throw new Error("no folder was chosen");
  }
  return folder;
}

let latest: readonly [given: string, spelled: string] = ["", ""];

/** Daemon and editor may spell a URI differently; this is the editor's spelling. */
export function spelled(uri: string): string {
  if (latest[0] !== uri) {
    latest = [uri, Uri.parse(uri, true).toString()]; // mostly it is asked for the hunks of one file, one after the other
  }
  return latest[1];
}
