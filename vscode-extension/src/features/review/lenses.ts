/** Lenses on hunks: a light one in the text, and the decisions in the diff. */

import {
  CodeLens,
  type CodeLensProvider,
  type Command,
  type Disposable,
  EventEmitter,
  languages,
  Range,
  TabInputText,
  TabInputTextDiff,
  type TextDocument,
  window,
  workspace,
} from "vscode";
import { isProposed, isStale, isTrial, number, summary } from "../../core/hunks";
import { MOST_LENSES, Nearby } from "../../core/near";
import type { HunkView } from "../../protocol/generated";
import type { Review } from "./review";
import { editorsOf, onScroll, seenIn } from "./seen";
import { HUNK, PROPOSAL, type ReviewTexts } from "./texts";

function lens(title: string, command: string, hunk: HunkView, tooltip: string): Command {
  // The editor puts an icon right beside its text; a space that it can't drop keeps them apart.
  return {
    title: title.replace(") ", ")\u00a0"),
    command: command ? `harnessBridge.${command}` : "",
    arguments: [hunk.hunkId],
    tooltip,
  };
}

/** What can be done about a hunk in the text itself. */
function inText(hunk: HunkView): Command[] {
  if (isStale(hunk)) {
    return [
      lens(
        "$(warning) The agent’s change no longer fits: show",
        "showHunk",
        hunk,
        "See what stands here and what the agent meant",
      ),
      lens("$(close) Dismiss", "reject", hunk, "Reject it"),
      lens("Apply anyway", "applyAnyway", hunk, "Put it in the place of what stands here now"),
    ];
  }
  if (isTrial(hunk)) {
    return [
      lens("$(check) Keep", "accept", hunk, hunk.title),
      lens("$(discard) Undo", "reject", hunk, "Put the old text back"),
      ...(hunk.newText === "" ? [lens(`Agent ${summary(hunk).replace(/s\b/, "d")}`, "", hunk, hunk.title)] : []),
    ];
  }
  if (isProposed(hunk)) {
    return [
      lens(`$(sparkle) Agent ${summary(hunk)}: review`, "showHunk", hunk, hunk.title),
      lens("$(check) Accept", "accept", hunk, "Accept this change as it is"),
      lens("$(close) Reject", "reject", hunk, "Reject this change"),
    ];
  }
  return [lens("$(warning) The agent’s change did not land as it was sent: look here", "showHunk", hunk, hunk.title)];
}

/** What can be done about a hunk in the diff. */
function inDiff(hunk: HunkView): Command[] {
  return [
    lens("$(check) Accept", "accept", hunk, `Accept: ${hunk.title}`),
    lens("$(close) Reject", "reject", hunk, "Reject"),
    lens("$(feedback) Reject with reason…", "rejectWithReason", hunk, "Reject, and tell the agent why"),
    lens("$(edit) Edit…", "edit", hunk, "Change the new text, then accept it"),
    lens(hunk.note ? `${number(hunk)}, ${hunk.note}` : number(hunk), "", hunk, hunk.title),
  ];
}

/** What can be done about a stale hunk, in the diff that shows it. */
function inStaleDiff(hunk: HunkView): Command[] {
  return [
    lens("$(check) Apply anyway", "applyAnyway", hunk, "Put it in the place of what stands there now"),
    lens("$(close) Dismiss", "reject", hunk, "Reject it"),
  ];
}

/** A hunk, and the line that its lenses are above. */
interface Placed {
  readonly id: string;
  readonly line: number;
}

export class Lenses implements CodeLensProvider, Disposable {
  private readonly changed = new EventEmitter<void>();
  /** Which hunks have lenses, by document. */
  private readonly shown = new Map<string, Nearby>();
  private readonly subscriptions: Disposable[];

  readonly onDidChangeCodeLenses = this.changed.event;

  constructor(
    private readonly review: Review,
    private readonly texts: ReviewTexts,
  ) {
    const tell = () => this.changed.fire();
    this.subscriptions = [
      this.changed,
      review.onDidChange(tell),
      texts.onDidCompose(tell),
      window.tabGroups.onDidChangeTabs(tell),
      ...onScroll((uris) => this.follow(uris)),
      workspace.onDidCloseTextDocument((document) => this.shown.delete(document.uri.toString())),
      languages.registerCodeLensProvider([{ scheme: "file" }, { scheme: PROPOSAL }, { scheme: HUNK }], this),
    ];
  }

  dispose(): void {
    for (const one of this.subscriptions) {
      one.dispose();
    }
  }

  provideCodeLenses(document: TextDocument): CodeLens[] {
    const { scheme, query } = document.uri;
    if (scheme === PROPOSAL) {
      const places = [...this.texts.places(document.uri)].map(([id, { start: line }]) => ({ id, line }));
      return this.near(document, places, inDiff);
    }
    if (scheme === HUNK) {
      const [side, id = ""] = query.split(":");
      return side === "new" ? this.on(document, { id, line: 0 }, inStaleDiff) : [];
    }
    // In the diff of all files it is on the right only where its text stands already.
    const open = this.review.store.open(document.uri.toString());
    const hunks = open.length === 0 || isInFront(document) ? open : open.filter(isTrial);
    const places = hunks.map(({ hunkId: id, range }) => ({ id, line: range.start.line }));
    return this.near(document, places, inText);
  }

  /** Of too many those near what the person sees. */
  private near(document: TextDocument, places: readonly Placed[], make: (hunk: HunkView) => Command[]): CodeLens[] {
    const uri = document.uri.toString();
    const shown = this.shown.get(uri) ?? new Nearby();
    this.shown.set(uri, shown);
    const editor = editorsOf(document)[0];
    const seen = editor ? seenIn(editor) : { start: 0, end: 0 };
    const items = shown.choose(places, ({ line }) => line, seen, MOST_LENSES);
    return items.flatMap((one) => this.on(document, one, make));
  }

  private on(document: TextDocument, { id, line }: Placed, make: (hunk: HunkView) => Command[]): CodeLens[] {
    const hunk = this.review.store.get(id);
    const at = Math.min(line, document.lineCount - 1);
    return hunk ? make(hunk).map((command) => new CodeLens(new Range(at, 0, at, 0), command)) : [];
  }

  private follow(uris: ReadonlySet<string>): void {
    const isPassed = window.visibleTextEditors.some((editor) => {
      const uri = editor.document.uri.toString();
      return uris.has(uri) && this.shown.get(uri)?.isPassed(seenIn(editor));
    });
    if (isPassed) {
      this.changed.fire();
    }
  }
}

/** Whether a document is in front of the person to be edited: by itself or as the right side of a diff. */
function isInFront(document: TextDocument): boolean {
  const uri = document.uri.toString();
  return window.tabGroups.all.some(({ activeTab }) => {
    const input = activeTab?.input;
    if (input instanceof TabInputTextDiff) {
      return input.modified.toString() === uri;
    }
    return input instanceof TabInputText && input.uri.toString() === uri;
  });
}
