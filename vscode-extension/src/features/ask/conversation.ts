/** What is said and done in a session, as text in an output channel; the last words as a message too. */

import { commands, type Disposable, type OutputChannel, window } from "vscode";
import type { Daemon } from "../../client";
import { aroundCalls } from "../../core/around";
import { plain } from "../../core/plain";
import type { ContentBlock, SessionUpdate, TurnEnded } from "../../protocol/generated";
import type { Happening, Sessions } from "../../session";

/** A message of more is cut; all of it is in the channel. */
const MOST_WORDS = 240;

export class Conversation implements Disposable {
  private readonly channel: OutputChannel;
  private readonly subscriptions: Disposable[];
  private readonly titles = new Map<string, string>();
  /** The message that is being written, and its text so far. */
  private message: string | undefined;
  private words = "";
  /** Whether nothing was told since the daemon started. */
  private fresh = true;

  constructor(daemon: Daemon, sessions: Sessions) {
    this.channel = window.createOutputChannel("Harness Bridge", "markdown");
    this.subscriptions = [
      this.channel,
      daemon.onDidChangeState((state) => {
        this.fresh = state !== "running" || this.fresh;
      }),
      sessions.onHappening((happening) => this.take(happening)),
      sessions.onTurnEnded(({ turn }) => this.tellEnd(turn)),
      commands.registerCommand("harnessBridge.showConversation", () => this.channel.show(true)),
    ];
  }

  dispose(): void {
    for (const one of this.subscriptions) {
      one.dispose();
    }
  }

  private take({ update, replay }: Happening): void {
    if (replay && this.fresh) {
      this.channel.clear(); // all of it is told again
    }
    this.fresh = false;
    switch (update.sessionUpdate) {
      case "user_message_chunk":
        this.paragraph(`**You:** ${textOf(update.content)}`);
        this.words = "";
        break;
      case "agent_message_chunk":
        this.say(update.messageId ?? "", textOf(update.content));
        break;
      case "tool_call":
      case "tool_call_update":
        this.tool(update);
        break;
      case "note":
        this.paragraph(`_${update.text}_`);
        break;
      case "turn_ended":
        this.end(update);
        break;
      default:
        this.around(update);
        break;
    }
  }

  private around(update: SessionUpdate): void {
    const said = aroundCalls(update);
    if (said !== undefined) {
      this.paragraph(`_${said}._`);
    }
  }

  private say(message: string, text: string): void {
    if (message !== this.message) {
      this.channel.appendLine("");
      this.words = "";
      this.message = message;
    }
    this.words += text;
    this.channel.append(text);
  }

  private tool(update: Extract<SessionUpdate, { toolCallId: string }>): void {
    if (update.title) {
      this.titles.set(update.toolCallId, update.title);
    }
    const title = this.titles.get(update.toolCallId) ?? "a tool";
    if (update.status === "completed" || update.status === "failed") {
      this.line(`- ${title}${update.status === "failed" ? ": failed" : ""}`);
      this.titles.delete(update.toolCallId);
    }
  }

  private end(update: TurnEnded): void {
    if (update.stopReason !== "end_turn") {
      this.paragraph(`_${howItEnded(update)}_`);
    } else if (this.message !== undefined) {
      this.channel.appendLine("");
    }
    this.paragraph("---");
  }

  private tellEnd(turn: TurnEnded): void {
    const show = "Show Conversation";
    const said = this.words.trim();
    const tell =
      turn.stopReason === "failed"
        ? window.showErrorMessage(howItEnded(turn), show)
        : turn.stopReason === "end_turn" && said
          ? window.showInformationMessage(shortened(said), show)
          : window.showInformationMessage(howItEnded(turn), show);
    void tell.then((chosen) => chosen && this.channel.show(true));
  }

  private paragraph(text: string): void {
    this.message = undefined;
    this.channel.appendLine("");
    this.channel.appendLine(text);
  }

  private line(text: string): void {
    if (this.message !== undefined) {
      this.channel.appendLine("");
      this.message = undefined;
    }
    this.channel.appendLine(text);
  }
}

function textOf(content: ContentBlock): string {
  return content.type === "text" ? content.text : content.type === "resource_link" ? content.uri : "";
}

function shortened(text: string): string {
  const words = plain(text.replace(/\s+/g, " "));
  return words.length <= MOST_WORDS ? words : `${words.slice(0, MOST_WORDS - 1)}…`;
}

function howItEnded({ stopReason, message }: TurnEnded): string {
  switch (stopReason) {
    case "failed":
      return `The agent failed: ${plain(message ?? "it did not say why")}`;
    case "cancelled":
      return "The agent was stopped.";
    case "max_tokens":
      return "The agent stopped: its answer got too long.";
    case "max_turn_requests":
      return `The agent stopped: ${plain(message ?? "too many steps for one question.")}`;
    case "refusal":
      return "The model refused to go on.";
    default:
      return "The agent is done.";
  }
}
