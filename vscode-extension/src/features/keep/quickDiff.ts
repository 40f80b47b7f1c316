/** The policy "keep": the editor's own quick diff, against the text before the agent's edits, with Keep and Undo in it. */

import {
  commands,
  type Disposable,
  type SourceControl,
  type SourceControlResourceGroup,
  scm,
  Uri,
  window,
  workspace,
} from "vscode";
import { isTrial } from "../../core/hunks";
import { hunksOfChange, type LineChange } from "../../core/texts";
import type { HunkVerdict } from "../../protocol/generated";
import type { Review } from "../review/review";
import { baseUri } from "../review/texts";

interface Shown {
  readonly control: SourceControl;
  readonly group: SourceControlResourceGroup;
}

/** One source control a workspace folder, there only while something waits in it. */
export class KeepQuickDiff implements Disposable {
  private readonly shown = new Map<string, Shown>();
  private readonly subscriptions: Disposable[];

  constructor(private readonly review: Review) {
    const decide = (verdict: HunkVerdict) => (uri: Uri, changes: LineChange[], index: number) =>
      this.decide(uri, changes[index], verdict);
    this.subscriptions = [
      review.onDidChange(() => this.refresh()),
      commands.registerCommand("harnessBridge.keepChange", decide("accept")),
      commands.registerCommand("harnessBridge.undoChange", decide("reject")),
    ];
  }

  dispose(): void {
    for (const one of [...this.subscriptions, ...[...this.shown.values()].map(({ control }) => control)]) {
      one.dispose();
    }
  }

  private async decide(uri: Uri, change: LineChange | undefined, verdict: HunkVerdict): Promise<void> {
    const hunks = change ? hunksOfChange(change, this.review.store.open(uri.toString())) : [];
    if (hunks.length === 0) {
      void window.showInformationMessage("This change is not the agent’s.");
      return;
    }
    await this.review.decide(hunks.map(({ hunkId }) => ({ hunkId, verdict })));
  }

  private refresh(): void {
    const trials = this.review.store.open().filter(isTrial);
    const files = new Map<string, string[]>();
    for (const uri of new Set(trials.map((hunk) => hunk.uri))) {
      const folder = workspace.getWorkspaceFolder(Uri.parse(uri))?.uri.toString() ?? "";
      files.set(folder, [...(files.get(folder) ?? []), uri]);
    }
    for (const [folder, { control }] of this.shown) {
      if (!files.has(folder)) {
        control.dispose();
        this.shown.delete(folder);
      }
    }
    for (const [folder, uris] of files) {
      this.show(folder, uris);
    }
  }

  private show(folder: string, uris: readonly string[]): void {
    const shown = this.shown.get(folder) ?? this.create(folder);
    const before = shown.group.resourceStates.map((state) => state.resourceUri.toString()).join("\n");
    if (before !== uris.join("\n")) {
      shown.group.resourceStates = uris.map((uri) => ({
        resourceUri: Uri.parse(uri),
        command: { command: "vscode.open", title: "Open", arguments: [Uri.parse(uri)] },
      }));
      shown.control.count = uris.length;
      // Set anew, the editor asks for the originals of documents that it had none for.
      this.provide(shown.control);
    }
  }

  private create(folder: string): Shown {
    const root = folder === "" ? undefined : Uri.parse(folder);
    const control = scm.createSourceControl("harnessBridge", "Agent’s edits", root);
    control.inputBox.visible = false;
    const group = control.createResourceGroup("kept", "Keep or Undo");
    const shown = { control, group };
    this.shown.set(folder, shown);
    return shown;
  }

  private provide(control: SourceControl): void {
    control.quickDiffProvider = {
      provideOriginalResource: (uri) =>
        uri.scheme === "file" && this.review.store.open(uri.toString()).some(isTrial) ? baseUri(uri) : undefined,
    };
  }
}
