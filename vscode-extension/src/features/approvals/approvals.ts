/** The agent's questions: may this tool run? Asked in a message, answered there or from the status bar. */

import {
  type CancellationToken,
  commands,
  type Disposable,
  EventEmitter,
  type Tab,
  TabInputText,
  Uri,
  window,
  workspace,
} from "vscode";
import type { Daemon } from "../../client";
import { setContext } from "../../context";
import { detailOf } from "../../core/detail";
import { plain } from "../../core/plain";
import type {
  ApprovalView,
  PermissionOption,
  RequestPermissionRequest,
  RequestPermissionResponse,
} from "../../protocol/generated";
import type { Sessions } from "../../session";

const SCHEME = "harness-question";
const SHOW = "Show";

interface Question {
  readonly id: string;
  readonly request: RequestPermissionRequest;
  readonly answers: ((response: RequestPermissionResponse) => void)[];
}

export class Approvals implements Disposable {
  private readonly open = new Map<string, Question>();
  private readonly known = new Map<string, ApprovalView>();
  private readonly details = new Map<string, string>();
  private readonly changed = new EventEmitter<void>();
  private readonly subscriptions: Disposable[];

  readonly onDidChange = this.changed.event;

  constructor(
    private readonly daemon: Daemon,
    sessions: Sessions,
  ) {
    this.subscriptions = [
      this.changed,
      daemon.handle("harness/session/request_permission", (params, token) => this.asked(params, token)),
      daemon.onDidChangeState((state) => state !== "running" && this.closeAll()),
      sessions.onHappening(({ update, replay }) => {
        if (update.sessionUpdate === "approval_opened" && !replay) {
          this.known.set(update.approval.approvalId, update.approval);
        } else if (update.sessionUpdate === "approval_closed") {
          this.close(update.approvalId);
        }
      }),
      commands.registerCommand("harnessBridge.answer", () => this.pick()),
      workspace.registerTextDocumentContentProvider(SCHEME, {
        provideTextDocumentContent: (uri) => this.details.get(uri.query) ?? "This question is settled.",
      }),
    ];
  }

  /** The questions that wait, the earliest first. */
  get waiting(): readonly string[] {
    return [...this.open.values()].map((question) => titleOf(question.request));
  }

  dispose(): void {
    for (const one of this.subscriptions) {
      one.dispose();
    }
  }

  private asked(request: RequestPermissionRequest, token: CancellationToken): Promise<RequestPermissionResponse> {
    // A daemon that names no question is answered all the same: the call's id is as good.
    const id = request._meta?.harness.approvalId ?? request.toolCall.toolCallId;
    token.onCancellationRequested(() => this.close(id));
    return new Promise((resolve) => {
      const before = this.open.get(id);
      if (before) {
        before.answers.push(resolve); // asked again, for instance after the session was loaded
        return;
      }
      const question: Question = { id, request, answers: [resolve] };
      this.open.set(id, question);
      this.tell();
      void this.ask(question);
    });
  }

  /** In a message. Put away without an answer, the question waits in the status bar. */
  private async ask(question: Question): Promise<void> {
    const { options } = question.request;
    const names = options.map((option) => option.name);
    const why = this.why(question);
    const words = `The agent wants to: ${titleOf(question.request)}.${why ? ` Why you are asked: ${why}.` : ""}`;
    this.daemon.notify("harness/editor/shown", { approvalId: question.id });
    const chosen = await window.showWarningMessage(words, SHOW, ...names);
    if (chosen === SHOW && this.open.has(question.id)) {
      await this.show(question);
      await this.ask(question);
      return;
    }
    const option = options.find((one) => one.name === chosen);
    if (option) {
      this.answer(question, option);
    } else if (chosen === SHOW) {
      settledAlready();
    }
  }

  private async pick(): Promise<void> {
    const question = await this.pickQuestion();
    if (!question) {
      return;
    }
    const why = this.why(question);
    const show = { label: `$(eye) ${SHOW}`, description: "what it is about", option: undefined };
    const items = question.request.options.map((option) => ({
      label: `${option.kind.startsWith("allow") ? "$(check)" : "$(close)"} ${option.name}`,
      description: option.kind.endsWith("always") ? "from now on" : "",
      option,
    }));
    this.daemon.notify("harness/editor/shown", { approvalId: question.id });
    const chosen = await window.showQuickPick([...items, show], {
      title: titleOf(question.request),
      placeHolder: `May it run?${why ? ` Why you are asked: ${why}.` : ""}`,
      ignoreFocusOut: true,
    });
    if (chosen?.option) {
      this.answer(question, chosen.option);
    } else if (chosen) {
      await this.show(question);
      await this.pick();
    }
  }

  private async pickQuestion(): Promise<Question | undefined> {
    const questions = [...this.open.values()];
    if (questions.length <= 1) {
      return questions[0];
    }
    const items = questions.map((question) => ({ label: titleOf(question.request), question }));
    return (await window.showQuickPick(items, { placeHolder: "Which question?" }))?.question;
  }

  private answer(question: Question, option: PermissionOption): void {
    if (this.open.get(question.id) !== question) {
      settledAlready(); // a message can't be taken off the screen, so a late click is possible
      return;
    }
    this.settle(question, { outcome: { outcome: "selected", optionId: option.optionId } });
  }

  private async show(question: Question): Promise<void> {
    this.details.set(question.id, detailOf(question.request, this.known.get(question.id)));
    const uri = Uri.from({ scheme: SCHEME, path: "/The agent asks.md", query: question.id });
    await window.showTextDocument(uri, { preview: true });
  }

  private close(id: string): void {
    const question = this.open.get(id);
    if (question) {
      this.settle(question, { outcome: { outcome: "cancelled" } });
    }
    this.known.delete(id);
    this.details.delete(id);
  }

  private closeAll(): void {
    for (const id of [...this.open.keys()]) {
      this.close(id);
    }
  }

  private settle(question: Question, response: RequestPermissionResponse): void {
    this.open.delete(question.id);
    void this.putAway(question.id);
    for (const answer of question.answers) {
      answer(response);
    }
    this.tell();
  }

  /** Close the text of a question that is settled. */
  private async putAway(id: string): Promise<void> {
    const about = ({ input }: Tab) =>
      input instanceof TabInputText && input.uri.scheme === SCHEME && input.uri.query === id;
    await window.tabGroups.close(window.tabGroups.all.flatMap((group) => group.tabs).filter(about), true);
  }

  private tell(): void {
    setContext("questions", this.open.size);
    this.changed.fire();
  }

  private why(question: Question): string {
    return plain(question.request._meta?.harness.why ?? this.known.get(question.id)?.why ?? "");
  }
}

function titleOf(request: RequestPermissionRequest): string {
  return plain(request.toolCall.title ?? "run a tool");
}

function settledAlready(): void {
  void window.showInformationMessage("This question is settled already. Your click changed nothing.");
}
