/** The daemon's life: found, started, watched, started again; and typed messages to and from it. */

import {
  type CancellationToken,
  commands,
  type Disposable,
  EventEmitter,
  type LogOutputChannel,
  window,
  workspace,
} from "vscode";
import {
  CloseAction,
  type CloseHandlerResult,
  ErrorAction,
  type Executable,
  LanguageClient,
  RevealOutputChannelOn,
  State,
} from "vscode-languageclient/node";
import { HarnessFeature } from "./capabilities";
import { Backoff, MOST_RESTARTS } from "./core/backoff";
import { inWords } from "./core/errors";
import { findProgram } from "./core/find";
import type {
  ClientNotification,
  ClientRequest,
  Methods,
  ServerRequest,
  SessionNotification,
} from "./protocol/generated";
import * as settings from "./settings";

/** `noFolder`: there is nothing to work on, so it is not started. */
export type DaemonState = "noFolder" | "starting" | "running" | "down";

/** Takes a command of the daemon over: returns undefined to let the daemon have it. */
export type CommandHandler = (command: string, args: unknown[]) => Promise<unknown> | undefined;

export class Daemon implements Disposable {
  private readonly client: LanguageClient;
  private readonly executable: Executable = { command: "" };
  private readonly backoff = new Backoff();
  private readonly stateChanged = new EventEmitter<DaemonState>();
  private readonly updates = new EventEmitter<SessionNotification>();
  private current: DaemonState = "down";
  /** Whether the start under way is `start`'s own, not one after an unexpected end. */
  private byHand = false;
  private wake: (() => void) | undefined;
  private interceptor: CommandHandler = () => undefined;

  readonly onDidChangeState = this.stateChanged.event;
  readonly onUpdate = this.updates.event;

  constructor(private readonly log: LogOutputChannel) {
    this.client = new LanguageClient("harnessBridge.daemon", "Harness Bridge", this.executable, {
      documentSelector: [{ scheme: "file" }],
      initializationOptions: () => settings.initializationOptions(),
      outputChannel: log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationFailedHandler: () => false,
      errorHandler: { error: () => ({ action: ErrorAction.Continue, handled: true }), closed: () => this.closed() },
      middleware: { executeCommand: (name, args, next): unknown => this.interceptor(name, args) ?? next(name, args) },
    });
    this.client.registerFeature(new HarnessFeature());
    this.client.onNotification("harness/session/update", (params: SessionNotification) => this.updates.fire(params));
    this.client.onDidChangeState(({ newState }) => {
      if (newState === State.Running) {
        this.become("running");
      }
    });
  }

  get state(): DaemonState {
    return this.current;
  }

  /** Start it, unless there is no folder to work on. Never throws: what is wrong is said to the person. */
  async start(): Promise<void> {
    if (!workspace.workspaceFolders?.length) {
      this.become("noFolder");
      return;
    }
    this.become("starting");
    if (!(await this.prepare())) {
      this.become("down");
      return;
    }
    this.byHand = true;
    try {
      await this.client.start();
    } catch (error) {
      this.become("down");
      void this.complain(`The Harness daemon did not start: ${inWords(error)}`);
    } finally {
      this.byHand = false;
    }
  }

  /** Stop it in order. */
  async stop(): Promise<void> {
    if (this.client.needsStop()) {
      await this.client
        .stop()
        .catch((error: unknown) => this.log.warn(`The daemon did not stop in order: ${inWords(error)}`));
    }
  }

  /** At the person's wish: stop, take the settings anew, start. */
  async restart(): Promise<void> {
    this.backoff.reset();
    if (this.wake) {
      await this.prepare();
      this.wake(); // it is between two starts: the next one is now
      return;
    }
    await this.stop();
    await this.start();
  }

  /** Ask the daemon; rejects with its error, or when it goes away. */
  async request<M extends ClientRequest>(method: M, params: Methods[M]["params"]): Promise<Methods[M]["result"]> {
    if (this.current !== "running") {
      throw new Error("the daemon is not running");
    }
    return this.client.sendRequest<Methods[M]["result"]>(method, params);
  }

  /** Run a command of the daemon. */
  async execute(command: string, argument: object): Promise<unknown> {
    if (this.current !== "running") {
      throw new Error("the daemon is not running");
    }
    return this.client.sendRequest("workspace/executeCommand", { command, arguments: [argument] });
  }

  notify<M extends ClientNotification>(method: M, params: Methods[M]["params"]): void {
    if (this.current === "running") {
      this.client
        .sendNotification(method, params)
        .catch((error: unknown) => this.log.warn(`${method} was not sent: ${inWords(error)}`));
    }
  }

  /** Answer what the daemon asks; one handler a method. */
  handle<M extends ServerRequest>(
    method: M,
    handler: (params: Methods[M]["params"], token: CancellationToken) => Promise<Methods[M]["result"]>,
  ): Disposable {
    return this.client.onRequest(method, async (params: Methods[M]["params"], token: CancellationToken) => {
      return await handler(params, token);
    });
  }

  /** Take commands of the daemon over, such as those in its code actions. */
  intercept(handler: CommandHandler): void {
    this.interceptor = handler;
  }

  dispose(): void {
    this.stateChanged.dispose();
    this.updates.dispose();
  }

  /** Look the program up; says what to do where it is not found. */
  private async prepare(): Promise<boolean> {
    const [program = "", ...args] = settings.command();
    const env = settings.environment();
    const cwd = workspace.workspaceFolders?.[0]?.uri.fsPath ?? process.cwd();
    const found = await findProgram(program, env, cwd);
    if (found === undefined) {
      void this.notFound(program);
      return false;
    }
    const added = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));
    Object.assign(this.executable, { command: found, args, options: { cwd, env: added } });
    return true;
  }

  private async notFound(program: string): Promise<void> {
    this.log.error(`${program} was not found on the PATH`);
    const setting = "Set Its Path";
    const chosen = await window.showErrorMessage(
      `The Harness daemon “${program}” was not found. Install it (pip install harness-bridge), or set the path of its program.`,
      setting,
      "Try Again",
    );
    if (chosen === setting) {
      await commands.executeCommand("harnessBridge.openCommandSetting");
    } else if (chosen) {
      await this.restart();
    }
  }

  private async closed(): Promise<CloseHandlerResult> {
    if (this.byHand) {
      return { action: CloseAction.DoNotRestart, handled: true }; // `start` says it
    }
    const plan = this.backoff.next(Date.now());
    this.become("starting");
    if (!plan) {
      this.become("down");
      void this.complain(`The Harness daemon ended unexpectedly ${MOST_RESTARTS + 1} times in a short while.`);
      return { action: CloseAction.DoNotRestart, handled: true };
    }
    const words = `The Harness daemon ended unexpectedly. It is started again (${plan.attempt} of ${MOST_RESTARTS}).`;
    void window.showWarningMessage(words);
    await this.sleep(plan.waitMs);
    return { action: CloseAction.Restart, handled: true, message: words };
  }

  /** Wait, or until a person acts. */
  private async sleep(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = undefined;
  }

  private async complain(words: string): Promise<void> {
    const log = "Show Log";
    const chosen = await window.showErrorMessage(words, "Restart", log);
    if (chosen === log) {
      this.log.show();
    } else if (chosen) {
      await this.restart();
    }
  }

  private become(state: DaemonState): void {
    if (state !== this.current) {
      this.current = state;
      this.stateChanged.fire(state);
    }
  }
}
