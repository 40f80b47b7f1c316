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
} from "vscode";
import { isProposed, isStale, isTrial, number, summary } from "../../core/hunks";
import { spanOf } from "../../core/lines";
import type { HunkView } from "../../protocol/generated";
import type { Review } from "./review";
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
    lens(number(hunk), "", hunk, hunk.title),
  ];
}

/** What can be done about a stale hunk, in the diff that shows it. */
function inStaleDiff(hunk: HunkView): Command[] {
  return [
    lens("$(check) Apply anyway", "applyAnyway", hunk, "Put it in the place of what stands there now"),
    lens("$(close) Dismiss", "reject", hunk, "Reject it"),
  ];
}

export class Lenses implements CodeLensProvider, Disposable {
  private readonly changed = new EventEmitter<void>();
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
      const places = [...this.texts.places(document.uri)];
      return places.flatMap(([id, span]) => this.on(document, span.start, id, inDiff));
    }
    if (scheme === HUNK) {
      const [side, id = ""] = query.split(":");
      return side === "new" ? this.on(document, 0, id, inStaleDiff) : [];
    }
    // In the diff of all files it is on the right only where its text stands already.
    const hunks = this.review.store
      .open(document.uri.toString())
      .filter((hunk) => isTrial(hunk) || isInFront(document));
    return hunks.flatMap((hunk) => this.on(document, spanOf(hunk.range).start, hunk.hunkId, inText));
  }

  private on(document: TextDocument, line: number, id: string, make: (hunk: HunkView) => Command[]): CodeLens[] {
    const hunk = this.review.store.get(id);
    const at = Math.min(line, document.lineCount - 1);
    return hunk ? make(hunk).map((command) => new CodeLens(new Range(at, 0, at, 0), command)) : [];
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
