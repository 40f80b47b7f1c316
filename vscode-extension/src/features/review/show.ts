/** Putting hunks in front of the person: native diffs of a file, of all files, of one hunk; the way from one to the next. */

import { basename } from "node:path";
import {
  commands,
  type Disposable,
  Range,
  type Tab,
  TabInputTextDiff,
  type TextDocumentShowOptions,
  type TextEditor,
  Uri,
  window,
} from "vscode";
import { isProposed, isStale, isTrial, number } from "../../core/hunks";
import { type Span, spanOf } from "../../core/lines";
import type { HunkView } from "../../protocol/generated";
import type { Review } from "./review";
import { BASE, baseUri, HUNK, PROPOSAL, proposalUri, type ReviewTexts, realUri, sideUri } from "./texts";

const ALL = "Agent’s changes";
/** The schemes of our virtual documents. */
const OURS: readonly string[] = [PROPOSAL, BASE, HUNK];

export class Show implements Disposable {
  private readonly subscription: Disposable;

  constructor(
    private readonly review: Review,
    private readonly texts: ReviewTexts,
  ) {
    this.subscription = review.onDidChange((uris) => void this.closeSettled(uris));
  }

  dispose(): void {
    this.subscription.dispose();
  }

  /** A hunk: in the diff of its file where it is a proposal, else where it stands. */
  async hunk(hunk: HunkView): Promise<void> {
    if (isStale(hunk)) {
      await this.stale(hunk);
    } else if (isProposed(hunk)) {
      await this.file(Uri.parse(hunk.uri), hunk);
    } else {
      await window.showTextDocument(Uri.parse(hunk.uri), { selection: caret(spanOf(hunk.range)), preview: true });
    }
  }

  /** All that waits in a file, beside or between its lines, as the person has their diffs. */
  async file(real: Uri, at?: HunkView): Promise<void> {
    const open = this.review.store.open(real.toString());
    const first = at ?? open.find(isProposed) ?? open.find(isTrial);
    if (!first) {
      await window.showTextDocument(real);
      return;
    }
    const name = basename(real.path);
    if (isTrial(first)) {
      const options = { preview: true, selection: caret(spanOf(first.range)) };
      await commands.executeCommand("vscode.diff", baseUri(real), real, `${name}: agent’s edits`, options);
      return;
    }
    const place = await this.texts.placeOf(first);
    const options: TextDocumentShowOptions = { preview: true, ...(place ? { selection: caret(place) } : {}) };
    const left = first.op === "create" ? sideUri(first, "old") : real;
    await commands.executeCommand("vscode.diff", left, proposalUri(real), `${name}: agent’s proposal`, options);
  }

  /** Every file in which something waits, in one editor. */
  async all(): Promise<void> {
    const { store } = this.review;
    const shown = store.open().filter((hunk) => isProposed(hunk) || isTrial(hunk));
    const files = [...new Set(shown.map((hunk) => hunk.uri))];
    const only = files.length === 1 ? files[0] : undefined;
    if (only) {
      await this.file(Uri.parse(only));
      return;
    }
    const rows = files.map((file) => {
      const real = Uri.parse(file);
      const mine = store.open(file);
      if (!mine.some(isProposed)) {
        return [real, baseUri(real), real];
      }
      return [
        real,
        mine.some((hunk) => hunk.op === "create" && isProposed(hunk)) ? undefined : real,
        proposalUri(real),
      ];
    });
    await commands.executeCommand("vscode.changes", ALL, rows);
  }

  /** What stands at a stale hunk's place, beside what the agent meant to put there. */
  private async stale(hunk: HunkView): Promise<void> {
    const { currentText } = await this.review.look(hunk.hunkId);
    this.texts.setCurrent(hunk, currentText);
    const title = `${basename(Uri.parse(hunk.uri).path)}, hunk ${number(hunk)}: what stands now ↔ what the agent meant`;
    await commands.executeCommand("vscode.diff", sideUri(hunk, "current"), sideUri(hunk, "new"), title, {
      preview: true,
    });
  }

  /** The hunk after, or before, the cursor: in this document, then in the others, then around again. */
  neighbour(step: 1 | -1): HunkView | undefined {
    const open = this.review.store.open();
    const editor = window.activeTextEditor;
    if (!editor) {
      return step === 1 ? open[0] : open.at(-1);
    }
    const inProposal = editor.document.uri.scheme === PROPOSAL;
    const places = inProposal ? this.texts.places(editor.document.uri) : undefined;
    const here = this.placeIn(editor);
    const at = (hunk: HunkView): [string, number] => [hunk.uri, (places?.get(hunk.hunkId) ?? spanOf(hunk.range)).start];
    const before = (one: [string, number], other: [string, number]) =>
      one[0] === other[0] ? one[1] < other[1] : one[0] < other[0];
    if (step === 1) {
      return open.find((hunk) => before(here, at(hunk))) ?? open[0];
    }
    return open.findLast((hunk) => before(at(hunk), here)) ?? open.at(-1);
  }

  /** The file, and the line of it, that an editor is at: for a side of one hunk that hunk's. */
  private placeIn({ document: { uri }, selection }: TextEditor): [string, number] {
    const hunk = uri.scheme === HUNK ? this.texts.hunkOf(uri) : undefined;
    const real = OURS.includes(uri.scheme) ? realUri(uri) : uri;
    return [real.toString(), hunk?.range.start.line ?? selection.active.line];
  }

  /** Go to a hunk without leaving the way of looking: in the text, or in the diff. */
  async go(hunk: HunkView): Promise<void> {
    if (isInReview() && isTrial(hunk)) {
      await this.file(Uri.parse(hunk.uri), hunk);
      return;
    }
    if (isInReview() || window.activeTextEditor?.document.uri.scheme === PROPOSAL || hunk.op === "create") {
      await this.hunk(hunk);
      return;
    }
    const editor = await window.showTextDocument(Uri.parse(hunk.uri), { selection: caret(spanOf(hunk.range)) });
    editor.revealRange(editor.selection);
  }

  /** A diff in which nothing is left to decide is closed. */
  private async closeSettled(uris: ReadonlySet<string>): Promise<void> {
    const tabs = window.tabGroups.all.flatMap((group) => group.tabs).filter((tab) => this.isSettled(tab, uris));
    if (tabs.length > 0) {
      await window.tabGroups.close(tabs, true);
    }
  }

  private isSettled({ input, label }: Tab, uris: ReadonlySet<string>): boolean {
    if (!(input instanceof TabInputTextDiff)) {
      return label.startsWith(`${ALL} (`) && this.review.store.open().every(isStale);
    }
    const { original, modified } = input;
    const real = realUri(modified).toString();
    if (!uris.has(real)) {
      return false;
    }
    const open = this.review.store.open(real);
    if (original.scheme === BASE) {
      return !open.some(isTrial);
    }
    if (modified.scheme === HUNK) {
      return !open.some((hunk) => modified.query.endsWith(hunk.hunkId));
    }
    return modified.scheme === PROPOSAL && !open.some(isProposed);
  }
}

/** Whether the active editor is one of our diffs of a file or a hunk. */
export function isInReview(): boolean {
  const input = window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof TabInputTextDiff && [input.original, input.modified].some((uri) => OURS.includes(uri.scheme));
}

function caret(span: Span): Range {
  return new Range(span.start, 0, span.start, 0);
}
