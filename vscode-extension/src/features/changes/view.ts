/** The view of changes: proposals, their files, their hunks, each with what can be done about it. */

import {
  commands,
  type Disposable,
  EventEmitter,
  MarkdownString,
  ThemeColor,
  ThemeIcon,
  type TreeDataProvider,
  TreeItem,
  TreeItemCollapsibleState,
  type TreeView,
  Uri,
  window,
  workspace,
} from "vscode";
import { counts, gist, isKept, isOpen, isTrial, type Standing, standing, summary, whyStale } from "../../core/hunks";
import { filesOf, firstHunks, firstRows, ROWS, type Rows } from "../../core/rows";
import type { HunkView } from "../../protocol/generated";
import type { Comments } from "../review/comments";
import type { Review } from "../review/review";
import type { Row } from "../review/target";

/** A row: a proposal, one of its files, one hunk, or those of a kind that are not shown. */
interface Node extends Row {
  readonly kind: "proposal" | "file" | "hunk" | "more";
  readonly proposalId: string;
  readonly hunks: readonly HunkView[];
  /** What the rows under this one are counted by; a row of more has its parent's. */
  readonly key: string;
  /** How many rows are not shown. */
  readonly left?: number;
  /** A file's row that stands for its whole proposal. */
  readonly top?: boolean;
}

const ICONS: Record<Standing, ThemeIcon> = {
  waiting: new ThemeIcon("circle-large-outline", new ThemeColor("harnessBridge.proposalRuler")),
  stale: new ThemeIcon("warning", new ThemeColor("list.warningForeground")),
  applying: new ThemeIcon("loading~spin"),
  unverified: new ThemeIcon("question", new ThemeColor("list.warningForeground")),
  standing: new ThemeIcon("pass", new ThemeColor("testing.iconPassed")),
  rejected: new ThemeIcon("circle-slash", new ThemeColor("disabledForeground")),
  gone: new ThemeIcon("circle-slash", new ThemeColor("disabledForeground")),
};

const TRIAL = new ThemeIcon("pass", new ThemeColor("harnessBridge.proposalRuler"));

/** Characters of a hunk's line where a note stands beside it: both fit into a side bar of the usual width. */
const BESIDE_NOTE = 15;

/** Shows more of the rows under a row; not in the palette, it makes sense on that row only. */
const SHOW_MORE = "harnessBridge.showMoreRows";

export class ChangesView implements TreeDataProvider<Node>, Disposable {
  private readonly changed = new EventEmitter<void>();
  /** How many rows the person has asked for, by the key of the row that they are under. */
  private readonly most = new Map<string, number>();
  private readonly view: TreeView<Node>;
  private readonly subscriptions: Disposable[];

  readonly onDidChangeTreeData = this.changed.event;

  constructor(
    private readonly review: Review,
    private readonly comments: Comments,
  ) {
    this.view = window.createTreeView("harnessBridge.changes", { treeDataProvider: this, showCollapseAll: true });
    this.subscriptions = [
      this.changed,
      this.view,
      review.onDidChange(() => this.refresh()),
      comments.onDidChange(() => this.refresh()),
      commands.registerCommand(SHOW_MORE, (key: string) => {
        this.most.set(key, this.mostOf(key) + ROWS);
        this.changed.fire();
      }),
    ];
  }

  getChildren(node?: Node): Node[] {
    if (!node) {
      return this.proposals();
    }
    if (node.kind === "proposal") {
      return this.withMore(node, firstRows(fileNodes(node), this.mostOf(node.key)));
    }
    if (node.kind === "file") {
      const { items, left } = firstHunks(node.hunks, this.mostOf(node.key));
      return this.withMore(node, { items: items.map((hunk) => hunkNode(node, hunk)), left });
    }
    return [];
  }

  getTreeItem(node: Node): TreeItem {
    switch (node.kind) {
      case "hunk":
        return this.hunkItem(node);
      case "file":
        return fileItem(node);
      case "more":
        return moreItem(node);
      default:
        return proposalItem(node);
    }
  }

  /** The editor asks for a tooltip when the mouse rests on its row. */
  resolveTreeItem(item: TreeItem, node: Node): TreeItem {
    const hunk = node.hunks[0];
    if (node.kind === "hunk" && hunk) {
      item.tooltip = tooltip(hunk, standing(hunk), this.comments.on(hunk.hunkId));
    }
    return item;
  }

  dispose(): void {
    for (const one of this.subscriptions) {
      one.dispose();
    }
  }

  /** As they were made. A proposal for one file is that file's row. */
  private proposals(): Node[] {
    const all = this.review.store.proposals().filter((one) => one.hunks.length > 0);
    const { items, left } = firstRows(all, this.mostOf(""));
    const nodes = items.map(({ id, hunks }) => {
      const node: Node = { kind: "proposal", proposalId: id, hunks, key: id };
      const files = fileNodes(node);
      return files.length === 1 ? { ...(files[0] as Node), top: true } : node;
    });
    return this.withMore({ kind: "proposal", proposalId: "", hunks: [], key: "" }, { items: nodes, left });
  }

  private mostOf(key: string): number {
    return this.most.get(key) ?? ROWS;
  }

  private withMore(parent: Node, { items, left }: Rows<Node>): Node[] {
    return left === 0 ? [...items] : [...items, { ...parent, kind: "more", left }];
  }

  private hunkItem({ hunks }: Node): TreeItem {
    const hunk = hunks[0] as HunkView;
    const state = standing(hunk);
    const remark = this.comments.on(hunk.hunkId);
    const item = new TreeItem(hunk.note ? gist(hunk, BESIDE_NOTE) : gist(hunk));
    item.id = hunk.hunkId;
    const described = [hunk.note, counts(hunk), words(hunk, state), remark ? "commented" : ""];
    item.description = described.filter(Boolean).join("  ");
    item.iconPath = isTrial(hunk) ? TRIAL : ICONS[state];
    item.contextValue = `hunk.${isTrial(hunk) ? "trial" : state}`;
    item.command = { command: "harnessBridge.showHunk", title: "Show", arguments: [hunk.hunkId] };
    return item;
  }

  private refresh(): void {
    const waiting = this.review.store.open().length;
    if (waiting === 0) {
      this.most.clear();
    }
    if (waiting !== (this.view.badge?.value ?? 0)) {
      const tooltip = waiting === 1 ? "1 change waits for you" : `${waiting} changes wait for you`;
      this.view.badge = waiting > 0 ? { value: waiting, tooltip } : undefined;
    }
    const { count } = this.comments;
    this.view.message =
      count > 0 ? `${count === 1 ? "1 comment is" : `${count} comments are`} not sent yet: submit the review.` : "";
    this.changed.fire();
  }
}

function fileNodes(node: Node): Node[] {
  return filesOf(node.hunks).map(({ uri, hunks }) => {
    return { ...node, kind: "file", fileUri: uri, hunks, key: `${node.proposalId} ${uri}` };
  });
}

function hunkNode(node: Node, hunk: HunkView): Node {
  return { ...node, kind: "hunk", hunkId: hunk.hunkId, hunks: [hunk] };
}

function moreItem({ key, left = 0 }: Node): TreeItem {
  const item = new TreeItem(`${left.toLocaleString()} more…`);
  item.id = `more ${key}`;
  item.contextValue = "more";
  item.tooltip = `Show the next ${Math.min(left, ROWS)}`;
  item.command = { command: SHOW_MORE, title: "Show more", arguments: [key] };
  return item;
}

function proposalItem({ proposalId, hunks }: Node): TreeItem {
  const item = new TreeItem(hunks[0]?.title ?? "Proposal", TreeItemCollapsibleState.Expanded);
  item.id = proposalId;
  item.description = progress(hunks);
  item.contextValue = hunks.some(isOpen) ? "proposal.waiting" : "proposal.done";
  if (hunks.some((hunk) => hunk.atomic)) {
    item.tooltip = "This proposal makes sense as a whole only.";
  }
  return item;
}

function fileItem({ key, fileUri = "", hunks, top }: Node): TreeItem {
  const uri = Uri.parse(fileUri);
  const item = new TreeItem(uri, TreeItemCollapsibleState.Expanded);
  item.id = key;
  item.iconPath = ThemeIcon.File;
  item.contextValue = hunks.some(isOpen) ? "file.waiting" : "file.done";
  item.command = { command: "harnessBridge.reviewFile", title: "Review", arguments: [uri] };
  const name = workspace.asRelativePath(uri);
  if (top) {
    item.label = hunks[0]?.title ?? name;
    item.description = progress(hunks);
    item.tooltip = name;
  } else {
    item.description = name.split("/").slice(0, -1).join("/");
  }
  return item;
}

/** "2 of 3 to decide", "done" */
function progress(hunks: readonly HunkView[]): string {
  const open = hunks.filter(isOpen);
  const what = open.some(isTrial) ? "to keep or undo" : "to decide";
  return open.length === 0 ? "done" : `${open.length} of ${hunks.length} ${what}`;
}

function words(hunk: HunkView, state: Standing): string {
  switch (state) {
    case "stale":
      return "no longer fits";
    case "applying":
      return "being applied";
    case "unverified":
      return "look at it";
    case "standing":
      return isKept(hunk) ? "kept" : "accepted";
    case "rejected":
      return isKept(hunk) ? "undone" : "rejected";
    case "gone":
      return "taken back";
    default:
      return "";
  }
}

function tooltip(hunk: HunkView, state: Standing, remark: string | undefined): MarkdownString {
  const text = new MarkdownString();
  text.appendText(`The agent ${summary(hunk)}: ${hunk.title}`);
  if (state === "stale") {
    text.appendMarkdown("\n\n");
    text.appendText(`It no longer fits: ${whyStale(hunk)}.`);
  }
  if (remark) {
    text.appendMarkdown("\n\n");
    text.appendText(`Your comment, not sent yet: ${remark}`);
  }
  const minus = hunk.oldText.replace(/^(?=.)/gm, "-");
  const plus = hunk.newText.replace(/^(?=.)/gm, "+");
  text.appendCodeblock(`${minus}${minus && !minus.endsWith("\n") ? "\n" : ""}${plus}`.slice(0, 2000), "diff");
  return text;
}
