/** As much of the editor's API as the tested features use, in memory. The tests' bundles have it for `vscode`. */

type Listener<T> = (value: T) => unknown;

export class EventEmitter<T> {
  private readonly listeners = new Set<Listener<T>>();

  readonly event = (listener: Listener<T>): { dispose(): void } => {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  };

  fire(value: T): void {
    for (const listener of [...this.listeners]) {
      listener(value);
    }
  }

  dispose(): void {
    this.listeners.clear();
  }
}

export class Uri {
  private constructor(
    readonly scheme: string,
    readonly path: string,
    readonly query: string,
  ) {}

  static parse(text: string): Uri {
    const [, scheme = "", path = "", query = ""] = /^([\w-]+):(?:\/\/)?([^?]*)\??(.*)$/.exec(text) ?? [];
    return new Uri(scheme, path, query);
  }

  get fsPath(): string {
    return this.path;
  }

  with(change: { scheme?: string; query?: string }): Uri {
    return new Uri(change.scheme ?? this.scheme, this.path, change.query ?? this.query);
  }

  toString(): string {
    return `${this.scheme}://${this.path}${this.query && `?${this.query}`}`;
  }
}

export class Range {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };

  constructor(line: number, character: number, endLine: number, endCharacter: number) {
    this.start = { line, character };
    this.end = { line: endLine, character: endCharacter };
  }

  get isEmpty(): boolean {
    return this.start.line === this.end.line && this.start.character === this.end.character;
  }
}

export class CodeLens {
  constructor(
    readonly range: Range,
    readonly command: { readonly title: string },
  ) {}
}

export class TabInputText {
  constructor(readonly uri: Uri) {}
}

export class TabInputTextDiff {
  constructor(
    readonly original: Uri,
    readonly modified: Uri,
  ) {}
}

export class ThemeIcon {
  static readonly File = new ThemeIcon("file");

  constructor(readonly id: string) {}
}

export class ThemeColor extends ThemeIcon {}

export class TreeItem {
  constructor(readonly label: string | Uri) {}
}

export class MarkdownString {
  value = "";

  appendText(text: string): void {
    this.value += text;
  }

  appendMarkdown(text: string): void {
    this.value += text;
  }

  appendCodeblock(text: string): void {
    this.value += text;
  }
}

export enum TreeItemCollapsibleState {
  None,
  Collapsed,
  Expanded,
}

export enum ConfigurationTarget {
  Global = 1,
}

export enum StatusBarAlignment {
  Left = 1,
}

/** An item of the status bar. */
export class FakeStatusItem {
  text = "";
  tooltip = "";
  name = "";
  command = "";
  shown = false;

  show(): void {
    this.shown = true;
  }

  hide(): void {
    this.shown = false;
  }

  dispose(): void {
    this.hide();
  }
}

export class RelativePattern {
  constructor(
    readonly folder: Folder,
    readonly pattern: string,
  ) {}
}

interface Document {
  readonly uri: Uri;
  version: number;
  lineCount: number;
  lineAt?(line: number): { readonly text: string };
}

interface Box {
  readonly title: string;
  readonly placeHolder?: string;
  readonly value: string;
}

interface Editor {
  readonly document: Document;
  visibleRanges: readonly Range[];
}

interface Folder {
  readonly uri: Uri;
}

/** What tests set and look at. */
export const editor = {
  /** What was said, with its buttons. */
  said: [] as { readonly text: string; readonly buttons: readonly string[] }[],
  /** The button that the person presses, if it is there. */
  presses: "",
  /** The input boxes that were shown, and what the person types into the next ones. */
  boxes: [] as Box[],
  types: [] as string[],
  /** The rows of the last quick pick, and the row that the person takes, if it is there. */
  offered: [] as string[],
  picks: "",
  commands: new Map<string, (...given: never[]) => unknown>(),
  statusItems: new Map<string, FakeStatusItem>(),
  /** The commands that were run, each with what it was given. */
  executed: [] as unknown[][],
  settings: new Map<string, unknown>(),
  opened: new EventEmitter<Document>(),
  closed: new EventEmitter<Document>(),
  changed: new EventEmitter<{ document: Document; contentChanges: readonly unknown[] }>(),
  scrolled: new EventEmitter<{ textEditor: Editor }>(),
  tabs: new EventEmitter<void>(),
  folders: new EventEmitter<{ added: readonly Folder[] }>(),
  configured: new EventEmitter<{ affectsConfiguration(name: string): boolean }>(),
};

const say = (text: string, ...buttons: string[]): Promise<string | undefined> => {
  editor.said.push({ text, buttons });
  return Promise.resolve(buttons.find((one) => one === editor.presses));
};

export const window = {
  activeTextEditor: undefined as { document: { uri: Uri }; selection: Range } | undefined,
  visibleTextEditors: [] as Editor[],
  tabGroups: { all: [] as { activeTab: { input: unknown } }[], onDidChangeTabs: editor.tabs.event },
  onDidChangeTextEditorVisibleRanges: editor.scrolled.event,
  showInputBox: (box: Box): Promise<string | undefined> => {
    editor.boxes.push(box);
    return Promise.resolve(editor.types.shift());
  },
  showQuickPick: <T extends { label: string }>(rows: readonly T[]): Promise<T | undefined> => {
    editor.offered = rows.map(({ label }) => label);
    return Promise.resolve(rows.find(({ label }) => label === editor.picks));
  },
  showWarningMessage: say,
  showErrorMessage: say,
  showInformationMessage: say,
  setStatusBarMessage: say,
  showWorkspaceFolderPick: (): Promise<Folder | undefined> => Promise.resolve(undefined),
  createStatusBarItem: (id: string): FakeStatusItem => {
    const item = new FakeStatusItem();
    editor.statusItems.set(id, item);
    return item;
  },
  createTreeView: () => ({ badge: undefined, message: "", dispose: () => undefined }),
};

export const workspace = {
  textDocuments: [] as Document[],
  workspaceFolders: [] as Folder[],
  onDidOpenTextDocument: editor.opened.event,
  onDidCloseTextDocument: editor.closed.event,
  onDidChangeTextDocument: editor.changed.event,
  onDidChangeWorkspaceFolders: editor.folders.event,
  onDidChangeConfiguration: editor.configured.event,
  registerTextDocumentContentProvider: () => ({ dispose: () => undefined }),
  getWorkspaceFolder: (uri: Uri) => workspace.workspaceFolders.find((one) => uri.path.startsWith(`${one.uri.path}/`)),
  getConfiguration: () => ({ get: (name: string, otherwise: unknown) => editor.settings.get(name) ?? otherwise }),
  files: [] as string[],
  findFiles: () => Promise.resolve(workspace.files.map((path) => Uri.parse(`file://${path}`))),
  asRelativePath: (uri: Uri) => {
    const folder = workspace.getWorkspaceFolder(uri);
    return folder ? uri.path.slice(folder.uri.path.length + 1) : uri.path;
  },
};

export const languages = { registerCodeLensProvider: () => ({ dispose: () => undefined }) };

export const commands = {
  executeCommand: (name: string, ...given: unknown[]): Promise<unknown> => {
    editor.executed.push([name, ...given]);
    return Promise.resolve(undefined);
  },
  registerCommand: (name: string, run: (...given: never[]) => unknown) => {
    editor.commands.set(name, run);
    return { dispose: () => editor.commands.delete(name) };
  },
};
