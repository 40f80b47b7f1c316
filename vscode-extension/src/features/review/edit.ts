/** Editing a hunk before it is accepted: its new side as a document of its own; saving it accepts that text. */

import { basename } from "node:path";
import {
  commands,
  type Disposable,
  EventEmitter,
  type FileChangeEvent,
  type FileStat,
  FileSystemError,
  type FileSystemProvider,
  FileType,
  TabInputTextDiff,
  TextDocumentSaveReason,
  Uri,
  window,
  workspace,
} from "vscode";
import { number } from "../../core/hunks";
import type { Review } from "./review";
import type { Targets } from "./target";
import { sideUri } from "./texts";

const EDIT = "harness-edit";

interface Draft {
  readonly hunkId: string;
  bytes: Uint8Array;
  mtime: number;
}

export class EditHunk implements FileSystemProvider, Disposable {
  private readonly drafts = new Map<string, Draft>();
  private readonly changed = new EventEmitter<FileChangeEvent[]>();
  private readonly subscriptions: Disposable[];
  /** Documents that the person is saving by hand: an automatic save is no decision. */
  private readonly byHand = new Set<string>();

  readonly onDidChangeFile = this.changed.event;

  constructor(
    private readonly review: Review,
    private readonly targets: Targets,
  ) {
    this.subscriptions = [
      this.changed,
      workspace.registerFileSystemProvider(EDIT, this, { isCaseSensitive: true }),
      workspace.onWillSaveTextDocument(({ document, reason }) => {
        if (document.uri.scheme === EDIT && reason === TextDocumentSaveReason.Manual) {
          this.byHand.add(document.uri.toString());
        }
      }),
      workspace.onDidSaveTextDocument((document) => {
        if (this.byHand.delete(document.uri.toString())) {
          void this.accept(document.uri, document.getText());
        }
      }),
      workspace.onDidCloseTextDocument((document) => this.drafts.delete(document.uri.toString())),
      commands.registerCommand("harnessBridge.edit", (given: unknown) => this.edit(given)),
      commands.registerCommand("harnessBridge.acceptEdited", () => this.acceptActive()),
    ];
  }

  stat(uri: Uri): FileStat {
    const draft = this.draft(uri);
    return { type: FileType.File, ctime: 0, mtime: draft.mtime, size: draft.bytes.length };
  }

  readFile(uri: Uri): Uint8Array {
    return this.draft(uri).bytes;
  }

  writeFile(uri: Uri, content: Uint8Array): void {
    Object.assign(this.draft(uri), { bytes: content, mtime: Date.now() });
  }

  watch(): Disposable {
    return { dispose: () => undefined };
  }

  readDirectory(): [string, FileType][] {
    return [];
  }

  createDirectory(): void {
    throw FileSystemError.NoPermissions("there are no folders here");
  }

  delete(): void {
    throw FileSystemError.NoPermissions("a hunk can't be deleted");
  }

  rename(): void {
    throw FileSystemError.NoPermissions("a hunk can't be renamed");
  }

  dispose(): void {
    for (const one of this.subscriptions) {
      one.dispose();
    }
  }

  private draft(uri: Uri): Draft {
    const draft = this.drafts.get(uri.toString());
    if (!draft) {
      throw FileSystemError.FileNotFound(uri); // a tab of an earlier time
    }
    return draft;
  }

  private async edit(given: unknown): Promise<void> {
    const hunk = this.targets.hunk(given);
    if (!hunk) {
      void window.showInformationMessage("There is no change of the agent here.");
      return;
    }
    const uri = Uri.parse(hunk.uri).with({ scheme: EDIT, query: hunk.hunkId });
    const bytes = new TextEncoder().encode(hunk.newText);
    this.drafts.set(uri.toString(), { hunkId: hunk.hunkId, bytes, mtime: Date.now() });
    const title = `${basename(uri.path)}, hunk ${number(hunk)}: edit the agent’s text, save to accept it`;
    await commands.executeCommand("vscode.diff", sideUri(hunk, "old"), uri, title, { preview: false });
  }

  /** The title button: accepts what stands there, changed or not. */
  private async acceptActive(): Promise<void> {
    const document = window.activeTextEditor?.document;
    if (document?.uri.scheme !== EDIT) {
      return;
    }
    if (document.isDirty) {
      await document.save();
    } else {
      await this.accept(document.uri, document.getText());
    }
  }

  private async accept(uri: Uri, text: string): Promise<void> {
    const draft = this.drafts.get(uri.toString());
    const hunk = draft && this.review.store.get(draft.hunkId);
    if (!hunk) {
      void window.showWarningMessage("This change of the agent does not wait any more. Your text was not used.");
      return;
    }
    const whole = text === "" || text.endsWith("\n") || !hunk.newText.endsWith("\n") ? text : `${text}\n`;
    const edited = whole === hunk.newText ? {} : { text: whole };
    const outcomes = await this.review.decide([{ hunkId: hunk.hunkId, verdict: "accept", ...edited }]);
    if (outcomes.some((one) => one.outcome === "present" || one.outcome === "absent")) {
      const tabs = window.tabGroups.all.flatMap((group) => group.tabs);
      await window.tabGroups.close(
        tabs.filter((tab) => tab.input instanceof TabInputTextDiff && tab.input.modified.toString() === uri.toString()),
      );
    }
  }
}
