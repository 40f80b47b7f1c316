/**
 * What is known of the agent's hunks: fed by updates and lists, asked by every view. Knows no editor.
 *
 * There may be thousands: a hunk told costs no walk over the others, and lists are sorted once between changes.
 */

import type { HunkView } from "../protocol/generated";
import { Signal } from "./events";
import { isOpen } from "./hunks";
import { type Span, spanOf } from "./lines";
import { type Change, type Followed, follow, type Move, reach, Trail } from "./trail";

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
  private readonly byFile = new Map<string, Set<string>>();
  /** Decided hunks, those told last at the end. */
  private readonly settled = new Set<string>();
  private readonly trails = new Map<string, Trail>();
  /** Hunks whose places can't be told here, by file. */
  private readonly doubts = new Map<string, Set<string>>();
  /** Open hunks by place, of files and of all, until they change. */
  private readonly sorted = new Map<string, readonly HunkView[]>();
  private all: readonly HunkView[] | undefined;
  private readonly changed = new Signal<ReadonlySet<string>>();
  private readonly moved = new Signal<string>();
  private readonly outOfDate = new Signal<string>();

  /** URIs whose hunks are others now, or in another state. */
  readonly onDidChange = this.changed.on;
  /** A URI whose document changed under its open hunks. */
  readonly onDidMove = this.moved.on;
  /** A URI with hunks whose places must be asked for: the `doubtful` ones. */
  readonly onOutOfDate = this.outOfDate.on;

  constructor(private readonly versionOf: VersionOf) {}

  /** Take a hunk as the daemon tells it. */
  put(hunk: HunkView): void {
    this.hold(this.brought(hunk, false));
    this.forget();
    this.changed.send(new Set([hunk.uri]));
  }

  /**
   * Take an answer about hunks that wait: of one file, of all, or of those that were asked about.
   *
   * @param asked ids of open hunks that the answer would have; those that it has not wait no more.
   */
  replace(hunks: readonly HunkView[], asked: ReadonlySet<string>): void {
    const uris = new Set<string>();
    const answered = new Set<string>();
    for (const told of hunks) {
      const hunk = this.brought(told, true);
      const before = this.known.get(hunk.hunkId);
      answered.add(hunk.hunkId);
      if (!before || !alike(hunk, before)) {
        uris.add(hunk.uri);
        this.hold(hunk);
      }
    }
    for (const id of asked) {
      const hunk = this.known.get(id);
      if (hunk && !answered.has(id) && isOpen(hunk)) {
        uris.add(hunk.uri);
        this.remove(hunk);
      }
    }
    this.forget();
    if (uris.size > 0) {
      this.changed.send(uris);
    }
  }

  /** Forget what is settled: a new turn begins, and what the list shows is its own. */
  forgetSettled(): void {
    this.drop([...this.settled].flatMap((id) => this.known.get(id) ?? []));
  }

  /** Forget everything: the daemon is gone. */
  clear(): void {
    this.trails.clear();
    this.drop([...this.known.values()]);
  }

  /** Hunks that were told while the document was closed have no version to move on from. */
  documentOpened(uri: string): void {
    for (const hunk of this.open(uri)) {
      if (typeof hunk.version !== "number") {
        this.doubt(hunk);
      }
    }
    this.sayDoubts(uri);
  }

  /** Move places with what was typed; only those that were touched have to be asked for. */
  documentChanged(uri: string, version: number, changes: readonly Change[]): void {
    const moves = this.trail(uri).record(version, changes);
    const ids = this.byFile.get(uri);
    if (!ids) {
      return;
    }
    const { start, end } = reach(moves);
    for (const id of ids) {
      const hunk = this.known.get(id) as HunkView;
      if (hunk.range.end.line >= start && hunk.range.start.line < end) {
        this.move(hunk, version, moves);
      }
    }
    if (this.open(uri).length > 0) {
      this.moved.send(uri);
    }
    this.sayDoubts(uri);
  }

  /** A document was closed: what it said of versions is void. */
  documentClosed(uri: string): void {
    this.trails.delete(uri);
    this.doubts.delete(uri);
  }

  get(id: string): HunkView | undefined {
    return this.known.get(id);
  }

  /** The open hunks: of a file, or of all files, by file and place. */
  open(uri?: string): readonly HunkView[] {
    if (uri === undefined) {
      this.all ??= [...this.byFile.keys()].sort().flatMap((one) => this.open(one));
      return this.all;
    }
    const found = this.sorted.get(uri) ?? this.hunksOf(uri).filter(isOpen).sort(byPlace);
    if (found.length > 0) {
      this.sorted.set(uri, found);
    }
    return found;
  }

  /** The open hunks of a file whose places must be asked for. */
  doubtful(uri: string): string[] {
    return [...(this.doubts.get(uri) ?? [])];
  }

  /** Proposals, the earliest first; with the settled ones of their hunks too. Those that nothing became of are left out. */
  proposals(): Proposal[] {
    const groups = new Map<string, HunkView[]>();
    for (const hunk of this.known.values()) {
      const group = groups.get(hunk.proposalId) ?? [];
      group.push(hunk);
      groups.set(hunk.proposalId, group);
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

  private hunksOf(uri: string): HunkView[] {
    return [...(this.byFile.get(uri) ?? [])].map((id) => this.known.get(id) as HunkView);
  }

  /** Keep a hunk, in the place of what was known of it. */
  private hold(hunk: HunkView): void {
    const before = this.known.get(hunk.hunkId);
    if (before && before.uri !== hunk.uri) {
      this.remove(before);
    }
    this.known.set(hunk.hunkId, hunk);
    const ids = this.byFile.get(hunk.uri) ?? new Set();
    this.byFile.set(hunk.uri, ids.add(hunk.hunkId));
    this.settled.delete(hunk.hunkId); // the latest told is the last to be forgotten
    if (!isOpen(hunk)) {
      this.settled.add(hunk.hunkId);
      this.doubts.get(hunk.uri)?.delete(hunk.hunkId);
    }
    this.unsort(hunk.uri);
  }

  private remove({ hunkId, uri }: HunkView): void {
    this.known.delete(hunkId);
    this.settled.delete(hunkId);
    this.doubts.get(uri)?.delete(hunkId);
    const ids = this.byFile.get(uri);
    ids?.delete(hunkId);
    if (ids?.size === 0) {
      this.byFile.delete(uri);
    }
    this.unsort(uri);
  }

  private move(hunk: HunkView, version: number, moves: readonly Move[]): void {
    const before = spanOf(hunk.range);
    const { span, sure } = follow(before, moves);
    if (span !== before) {
      this.known.set(hunk.hunkId, placed(hunk, span, version));
      this.unsort(hunk.uri);
    }
    if (!sure && isOpen(hunk)) {
      this.doubt(hunk);
    }
  }

  private unsort(uri: string): void {
    this.sorted.delete(uri);
    this.all = undefined;
  }

  /**
   * The hunk with its range in the version that the document has now.
   *
   * @param isAnswer the daemon was asked: where even its answer can't be brought, asking again would be no help.
   */
  private brought(hunk: HunkView, isAnswer: boolean): HunkView {
    this.doubts.get(hunk.uri)?.delete(hunk.hunkId);
    const now = this.versionOf(hunk.uri);
    if (now === undefined || hunk.version === now) {
      return hunk;
    }
    const found = this.followed(hunk, now);
    if (!(found ? found.sure : isAnswer)) {
      this.doubt(hunk);
      this.sayDoubts(hunk.uri);
    }
    return found ? placed(hunk, found.span, now) : hunk;
  }

  private followed(hunk: HunkView, now: number): Followed | undefined {
    return typeof hunk.version === "number"
      ? this.trail(hunk.uri).bring(spanOf(hunk.range), hunk.version, now)
      : undefined;
  }

  private doubt({ hunkId, uri }: HunkView): void {
    const doubts = this.doubts.get(uri) ?? new Set();
    this.doubts.set(uri, doubts.add(hunkId));
  }

  private sayDoubts(uri: string): void {
    if (this.doubts.get(uri)?.size) {
      this.outOfDate.send(uri);
    }
  }

  private forget(): void {
    for (const id of this.settled) {
      if (this.settled.size <= MOST_SETTLED) {
        return;
      }
      this.remove(this.known.get(id) as HunkView);
    }
  }

  private drop(hunks: readonly HunkView[]): void {
    for (const hunk of hunks) {
      this.remove(hunk);
    }
    if (hunks.length > 0) {
      this.changed.send(new Set(hunks.map((hunk) => hunk.uri)));
    }
  }
}

function placed(hunk: HunkView, span: Span, version: number): HunkView {
  const range = { start: { line: span.start, character: 0 }, end: { line: span.end, character: 0 } };
  return { ...hunk, range, version };
}

/** What of a hunk may change; its texts never do. */
const STATE = ["uri", "toUri", "decision", "placement", "fit", "staleReason", "index", "total"] as const;

/** Whether there is nothing new: the same state at the same lines, in whatever version. */
function alike(one: HunkView, other: HunkView): boolean {
  const [here, there] = [one.range, other.range];
  return (
    typeof one.version === typeof other.version &&
    here.start.line === there.start.line &&
    here.end.line === there.end.line &&
    STATE.every((name) => (one[name] ?? null) === (other[name] ?? null))
  );
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
