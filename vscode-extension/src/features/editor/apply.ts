/** What the daemon asks of the editor: change a document, save documents. */

import { createHash } from "node:crypto";
import { type Disposable, Range, type TextDocument, Uri, WorkspaceEdit, workspace } from "vscode";
import type { Daemon } from "../../client";
import { inWords } from "../../core/errors";
import type {
  ApplyEditorRequest,
  ApplyEditorResponse,
  SaveEditorRequest,
  SaveEditorResponse,
} from "../../protocol/generated";

/** Answers `harness/editor/*`. */
export class EditorRequests implements Disposable {
  private readonly subscriptions: Disposable[];

  constructor(daemon: Daemon) {
    this.subscriptions = [
      daemon.handle("harness/editor/apply", (params) => applyEdits(params)),
      daemon.handle("harness/editor/save", (params) => saveDocuments(params)),
    ];
  }

  dispose(): void {
    for (const one of this.subscriptions) {
      one.dispose();
    }
  }
}

/** One workspace edit of one document: the editor makes one undo step of it, whatever is typed before and after. */
async function applyEdits({ uri, version, edits }: ApplyEditorRequest): Promise<ApplyEditorResponse> {
  let document: TextDocument;
  try {
    document = await workspace.openTextDocument(Uri.parse(uri, true));
  } catch (error) {
    return { applied: false, reason: `The document could not be opened. ${inWords(error)}` };
  }
  if (document.version !== version) {
    return { applied: false, version: document.version, reason: "The document was changed meanwhile." };
  }
  const edit = new WorkspaceEdit();
  for (const { range, newText } of edits) {
    const { start, end } = range;
    edit.replace(document.uri, new Range(start.line, start.character, end.line, end.character), newText);
  }
  if (!(await workspace.applyEdit(edit))) {
    return { applied: false, version: document.version, reason: "The editor refused the edit." };
  }
  return { applied: true, version: document.version, sha256: digest(document.getText()) };
}

async function saveDocuments({ uris }: SaveEditorRequest): Promise<SaveEditorResponse> {
  const saved: string[] = [];
  for (const uri of uris) {
    const wanted = Uri.parse(uri, true).toString();
    const document = workspace.textDocuments.find((one) => one.uri.toString() === wanted);
    if (document && (!document.isDirty || (await document.save()))) {
      saved.push(uri);
    }
  }
  return { saved };
}

/** SHA-256, hex, of a text in UTF-8. */
function digest(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}
