/** The virtual documents of the review: what a file would be, what it was, the two sides of one hunk. */

import { type Disposable, EventEmitter, type TextDocument, Uri, workspace } from "vscode";
import { isProposed } from "../../core/hunks";
import type { Span } from "../../core/lines";
import { baseText, type Composed, proposalText } from "../../core/texts";
import type { HunkView } from "../../protocol/generated";
import type { Review } from "./review";

export const PROPOSAL = "harness-proposal";
export const BASE = "harness-base";
export const HUNK = "harness-hunk";

/** The document that a proposal or a base is made of. */
export function realUri(virtual: Uri): Uri {
  return virtual.with({ scheme: "file", query: "" });
}

export function proposalUri(real: Uri): Uri {
  return real.with({ scheme: PROPOSAL });
}

export function baseUri(real: Uri): Uri {
  return real.with({ scheme: BASE });
}

/** One side of one hunk; the path gives it the file's language. */
export function sideUri(hunk: HunkView, side: "old" | "new" | "current"): Uri {
  return Uri.parse(hunk.uri).with({ scheme: HUNK, query: `${side}:${hunk.hunkId}` });
}

export class ReviewTexts implements Disposable {
  private readonly changed = new EventEmitter<Uri>();
  private readonly made = new EventEmitter<Uri>();
  private readonly composed = new Map<string, Composed>();
  /** What stood at stale hunks' places when they were looked at, by hunk. */
  private readonly currents = new Map<string, string>();
  private readonly subscriptions: Disposable[];

  /** A proposal or a base was made anew: hunks may stand elsewhere in it. */
  readonly onDidCompose = this.made.event;

  constructor(private readonly review: Review) {
    const provider = { onDidChange: this.changed.event };
    const compose = (uri: Uri) => this.compose(uri);
    this.subscriptions = [
      this.changed,
      this.made,
      workspace.registerTextDocumentContentProvider(PROPOSAL, { ...provider, provideTextDocumentContent: compose }),
      workspace.registerTextDocumentContentProvider(BASE, { ...provider, provideTextDocumentContent: compose }),
      workspace.registerTextDocumentContentProvider(HUNK, {
        ...provider,
        provideTextDocumentContent: (uri) => this.side(uri.query),
      }),
      review.onDidChange((uris) => this.refresh(uris)),
      review.onDidMove((uris) => this.refresh(uris)),
      workspace.onDidCloseTextDocument((document) => this.composed.delete(document.uri.toString())),
    ];
  }

  /** Where hunks stand in a proposal's text, by id: as it was last made. */
  places(proposal: Uri): ReadonlyMap<string, Span> {
    return this.composed.get(proposal.toString())?.places ?? new Map();
  }

  /** Show this as what stands at a hunk's place. */
  setCurrent(hunk: HunkView, text: string): void {
    this.currents.set(hunk.hunkId, text);
    this.changed.fire(sideUri(hunk, "current"));
  }

  /** The hunk of which a document is one side. */
  hunkOf(side: Uri): HunkView | undefined {
    return this.review.store.get(side.query.split(":")[1] ?? "");
  }

  /** Where a hunk will stand in its file's proposal. */
  async placeOf(hunk: HunkView): Promise<Span | undefined> {
    const uri = proposalUri(Uri.parse(hunk.uri));
    await this.compose(uri);
    return this.places(uri).get(hunk.hunkId);
  }

  dispose(): void {
    for (const one of this.subscriptions) {
      one.dispose();
    }
  }

  private async compose(uri: Uri): Promise<string> {
    const real = realUri(uri);
    const hunks = this.review.store.open(real.toString());
    const isNew = hunks.length > 0 && hunks.every((hunk) => hunk.op === "create" && isProposed(hunk));
    const current = isNew ? "" : await textOf(real);
    const made = uri.scheme === PROPOSAL ? proposalText(current, hunks) : baseText(current, hunks);
    this.composed.set(uri.toString(), made);
    this.made.fire(uri);
    return made.text;
  }

  private side(query: string): string {
    const [side, id = ""] = query.split(":");
    const hunk = this.review.store.get(id);
    if (side === "current") {
      return this.currents.get(id) ?? "";
    }
    return (side === "old" ? hunk?.oldText : hunk?.newText) ?? "";
  }

  /** The editor asks for the new text of those that are open. */
  private refresh(uris: ReadonlySet<string>): void {
    for (const real of uris) {
      for (const uri of [proposalUri(Uri.parse(real)), baseUri(Uri.parse(real))]) {
        this.changed.fire(uri);
      }
    }
  }
}

/** The live text of a file, unsaved work included. */
async function textOf(real: Uri): Promise<string> {
  const open = workspace.textDocuments.find((one: TextDocument) => one.uri.toString() === real.toString());
  return (open ?? (await workspace.openTextDocument(real))).getText();
}
