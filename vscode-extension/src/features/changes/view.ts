/** The view of changes: proposals, their files, their hunks, each with what can be done about it. */

import {
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
import type { HunkView } from "../../protocol/generated";
import type { Comments } from "../review/comments";
import type { Review } from "../review/review";
import type { Row } from "../review/target";

/** A row: a proposal, one of its files, or one hunk. */
interface Node extends Row {
  readonly kind: "proposal" | "file" | "hunk";
  readonly proposalId: string;
  readonly hunks: readonly HunkView[];
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

export class ChangesView implements TreeDataProvider<Node>, Disposable {
  private readonly changed = new EventEmitter<void>();
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
    ];
  }

  getChildren(node?: Node): Node[] {
    if (!node) {
      return this.proposals();
    }
    if (node.kind === "proposal") {
      return filesOf(node);
    }
    return node.kind === "file" ? node.hunks.map((hunk) => hunkNode(node, hunk)) : [];
  }

  getTreeItem(node: Node): TreeItem {
    return node.kind === "hunk" ? this.hunkItem(node) : node.kind === "file" ? fileItem(node) : proposalItem(node);
  }

  dispose(): void {
    for (const one of this.subscriptions) {
      one.dispose();
    }
  }

  /** As they were made. A proposal for one file is that file's row. */
  private proposals(): Node[] {
    const all = this.review.store.proposals().filter((one) => one.hunks.length > 0);
    return all.map(({ id, hunks }) => {
      const node: Node = { kind: "proposal", proposalId: id, hunks };
      const files = filesOf(node);
      return files.length === 1 ? { ...(files[0] as Node), top: true } : node;
    });
  }

  private hunkItem({ hunks }: Node): TreeItem {
    const hunk = hunks[0] as HunkView;
    const state = standing(hunk);
    const remark = this.comments.on(hunk.hunkId);
    const item = new TreeItem(gist(hunk));
    item.id = hunk.hunkId;
    item.description = [counts(hunk), words(hunk, state), remark ? "commented" : ""].filter(Boolean).join("  ");
    item.iconPath = isTrial(hunk) ? TRIAL : ICONS[state];
    item.contextValue = `hunk.${isTrial(hunk) ? "trial" : state}`;
    item.tooltip = tooltip(hunk, state, remark);
    item.command = { command: "harnessBridge.showHunk", title: "Show", arguments: [hunk.hunkId] };
    return item;
  }

  private refresh(): void {
    const waiting = this.review.store.open().length;
    this.view.badge =
      waiting > 0
        ? { value: waiting, tooltip: waiting === 1 ? "1 change waits for you" : `${waiting} changes wait for you` }
        : undefined;
    const { count } = this.comments;
    this.view.message =
      count > 0 ? `${count === 1 ? "1 comment is" : `${count} comments are`} not sent yet: submit the review.` : "";
    this.changed.fire();
  }
}

function filesOf(node: Node): Node[] {
  const uris = [...new Set(node.hunks.map((hunk) => hunk.uri))];
  return uris.map((fileUri) => ({
    ...node,
    kind: "file",
    fileUri,
    hunks: node.hunks.filter((hunk) => hunk.uri === fileUri),
  }));
}

function hunkNode(node: Node, hunk: HunkView): Node {
  return { ...node, kind: "hunk", hunkId: hunk.hunkId, hunks: [hunk] };
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

function fileItem({ proposalId, fileUri = "", hunks, top }: Node): TreeItem {
  const uri = Uri.parse(fileUri);
  const item = new TreeItem(uri, TreeItemCollapsibleState.Expanded);
  item.id = `${proposalId} ${fileUri}`;
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
