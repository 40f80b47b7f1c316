/** What is known of the agent's hunks: fed by updates and lists, asked by every view. Knows no editor. */

import { isDeepStrictEqual } from "node:util";
import type { HunkView } from "../protocol/generated";
import { Signal } from "./events";
import { isOpen } from "./hunks";
import { type Span, spanOf } from "./lines";
import { type Change, shift, Trail } from "./trail";

/** A document's version now; undefined where it is not open. */
export type VersionOf = (uri: string) => number | undefined;

/** The hunks of one proposal, file by file. */
export interface Proposal {
  readonly id: string;
  readonly title: string;
  readonly atomic: boolean;
  readonly hunks: readonly HunkView[];
}

/** Decided hunks that are remembered, so that they can be undone from the list. */
const MOST_SETTLED = 200;

export class HunkStore {
  private readonly known = new Map<string, HunkView>();
  private readonly trails = new Map<string, Trail>();
  private readonly changed = new Signal<ReadonlySet<string>>();
  private readonly moved = new Signal<string>();
  private readonly outOfDate = new Signal<string>();

  /** URIs whose hunks are others now, or in another state. */
  readonly onDidChange = this.changed.on;
  /** A URI whose open hunks moved with what was typed. */
  readonly onDidMove = this.moved.on;
  /** A URI whose hunks' places can't be told: they must be listed anew. */
  readonly onOutOfDate = this.outOfDate.on;

  constructor(private readonly versionOf: VersionOf) {}

  /** Take a hunk as the daemon tells it. */
  put(hunk: HunkView): void {
    this.known.delete(hunk.hunkId); // the latest told is the last to be forgotten
    this.known.set(hunk.hunkId, this.brought(hunk));
    this.forget();
    this.changed.send(new Set([hunk.uri]));
  }

  /**
   * Take a list of what waits, whole: of one file, or of all.
   *
   * @param asked ids that were open when the list was asked for; those that are not on it wait no more.
   */
  replace(hunks: readonly HunkView[], asked: ReadonlySet<string>): void {
    const uris = new Set<string>();
    for (const listedHunk of hunks) {
      const hunk = this.brought(listedHunk);
      if (!isDeepStrictEqual(hunk, this.known.get(hunk.hunkId))) {
        uris.add(hunk.uri);
        this.known.set(hunk.hunkId, hunk);
      }
    }
    const listed = new Set(hunks.map((hunk) => hunk.hunkId));
    for (const id of asked) {
      const hunk = this.known.get(id);
      if (hunk && !listed.has(id) && isOpen(hunk)) {
        uris.add(hunk.uri);
        this.known.delete(id);
      }
    }
    if (uris.size > 0) {
      this.changed.send(uris);
    }
  }

  /** Forget what is settled: a new turn begins, and what the list shows is its own. */
  forgetSettled(): void {
    this.drop([...this.known.values()].filter((hunk) => !isOpen(hunk)));
  }

  /** Forget everything: the daemon is gone. */
  clear(): void {
    this.trails.clear();
    this.drop([...this.known.values()]);
  }

  /** Move places with what was typed; the daemon's word comes later. */
  documentChanged(uri: string, version: number, changes: readonly Change[]): void {
    this.trail(uri).record(version, changes);
    const mine = [...this.known.values()].filter((hunk) => hunk.uri === uri && hunk.version !== undefined);
    for (const hunk of mine) {
      this.known.set(hunk.hunkId, placed(hunk, changes.reduce(shift, spanOf(hunk.range)), version));
    }
    if (mine.some(isOpen)) {
      this.moved.send(uri);
      this.outOfDate.send(uri);
    }
  }

  /** A document was closed: what it said of versions is void. */
  documentClosed(uri: string): void {
    this.trails.delete(uri);
  }

  get(id: string): HunkView | undefined {
    return this.known.get(id);
  }

  /** The open hunks: of a file, or of all files, by file and place. */
  open(uri?: string): HunkView[] {
    return [...this.known.values()]
      .filter((hunk) => isOpen(hunk) && (uri === undefined || hunk.uri === uri))
      .sort(byPlace);
  }

  /** The files that have open hunks, by name. */
  files(): string[] {
    return [...new Set(this.open().map((hunk) => hunk.uri))];
  }

  /** Proposals, the earliest first; with the settled ones of their hunks too. Those that nothing became of are left out. */
  proposals(): Proposal[] {
    const groups = new Map<string, HunkView[]>();
    for (const hunk of this.known.values()) {
      groups.set(hunk.proposalId, [...(groups.get(hunk.proposalId) ?? []), hunk]);
    }
    return [...groups].sort(byName).map(([id, hunks]) => ({
      id,
      title: hunks[0]?.title ?? "",
      atomic: hunks.some((hunk) => hunk.atomic),
      hunks: hunks.filter((hunk) => hunk.decision !== "withdrawn" && hunk.decision !== "expired").sort(byPlace),
    }));
  }

  private trail(uri: string): Trail {
    const trail = this.trails.get(uri) ?? new Trail();
    this.trails.set(uri, trail);
    return trail;
  }

  /** The hunk with its range in the version that the document has now. */
  private brought(hunk: HunkView): HunkView {
    const now = this.versionOf(hunk.uri);
    if (now === undefined || typeof hunk.version !== "number" || hunk.version === now) {
      return hunk;
    }
    const span = this.trail(hunk.uri).bring(spanOf(hunk.range), hunk.version, now);
    this.outOfDate.send(hunk.uri);
    return span ? placed(hunk, span, now) : hunk;
  }

  private forget(): void {
    const settled = [...this.known.values()].filter((hunk) => !isOpen(hunk));
    for (const hunk of settled.slice(0, Math.max(0, settled.length - MOST_SETTLED))) {
      this.known.delete(hunk.hunkId);
    }
  }

  private drop(hunks: readonly HunkView[]): void {
    for (const hunk of hunks) {
      this.known.delete(hunk.hunkId);
    }
    this.changed.send(new Set(hunks.map((hunk) => hunk.uri)));
  }
}

function placed(hunk: HunkView, span: Span, version: number): HunkView {
  const range = { start: { line: span.start, character: 0 }, end: { line: span.end, character: 0 } };
  return { ...hunk, range, version };
}

/** Ids are ULIDs: their order is the order of making. */
function byName(one: readonly [string, unknown], other: readonly [string, unknown]): number {
  return one[0] < other[0] ? -1 : 1;
}

function byPlace(one: HunkView, other: HunkView): number {
  if (one.uri !== other.uri) {
    return one.uri < other.uri ? -1 : 1;
  }
  return one.range.start.line - other.range.start.line || one.index - other.index;
}
