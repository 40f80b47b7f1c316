/** A daemon that answers as a test says, and remembers what it was asked. */

import type { CommandHandler, Daemon, DaemonState } from "../../src/client";
import type { SessionUpdate } from "../../src/protocol/generated";
import { EventEmitter } from "./vscode";

type Answer = (params: Record<string, unknown>) => unknown;

export class FakeDaemon {
  state: DaemonState = "running";
  readonly asked: { readonly method: string; readonly params: Record<string, unknown> }[] = [];
  private readonly states = new EventEmitter<DaemonState>();
  private readonly updates = new EventEmitter<{ sessionId: string; update: SessionUpdate }>();

  readonly onDidChangeState = this.states.event;
  readonly onUpdate = this.updates.event;

  private interceptor: CommandHandler = () => undefined;

  /** @param answers by method or command; what is asked besides is an error. */
  constructor(private readonly answers: Readonly<Record<string, Answer>> = {}) {}

  /** As the features know it. */
  get daemon(): Daemon {
    return this as unknown as Daemon;
  }

  async request(method: string, params: Record<string, unknown>): Promise<unknown> {
    this.asked.push({ method, params });
    const answer = this.answers[method];
    if (!answer) {
      throw new Error(`${method} is not answered`);
    }
    return Promise.resolve(answer(params));
  }

  async execute(command: string, argument: Record<string, unknown>): Promise<unknown> {
    return this.request(command, argument);
  }

  intercept(handler: CommandHandler): void {
    this.interceptor = handler;
  }

  /** What the feature that takes commands over makes of one. */
  async intercepted(command: string, args: unknown[]): Promise<unknown> {
    return this.interceptor(command, args);
  }

  /** The methods that were asked for, in order. */
  get methods(): string[] {
    return this.asked.map(({ method }) => method);
  }

  become(state: DaemonState): void {
    this.state = state;
    this.states.fire(state);
  }

  tell(update: SessionUpdate, sessionId = "s1"): void {
    this.updates.fire({ sessionId, update });
  }
}
