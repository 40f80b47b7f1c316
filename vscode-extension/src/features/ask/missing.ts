/** What a refactoring still needs from the person before it is asked for: a new name, or another module. */

import { type QuickPickItem, RelativePattern, Uri, window, workspace } from "vscode";
import { wrongModule, wrongName } from "../../core/names";
import type { RefactorCommand } from "../../protocol/generated";

/** Files to choose from; in a workspace of more a path is typed. */
const MOST_FILES = 2000;
/** Code of others, which nothing is moved to. */
const OTHERS = "{**/.*/**,**/venv/**,**/site-packages/**,**/node_modules/**}";

/** The same with what was missing; nothing where the person puts the question away. */
export async function completed(given: RefactorCommand): Promise<RefactorCommand | undefined> {
  if (given.action === "rename" && given.newName === undefined) {
    const newName = await anotherName(given);
    return newName === undefined ? undefined : { ...given, newName };
  }
  if (given.action === "move" && given.to === undefined) {
    const to = await anotherModule(given);
    return to === undefined ? undefined : { ...given, to };
  }
  return given;
}

async function anotherName(given: RefactorCommand): Promise<string | undefined> {
  const old = nameAt(given);
  const python = given.uri.toLowerCase().endsWith(".py");
  const text = await window.showInputBox({
    title: `Ask the agent to rename ${old}`,
    prompt: "The new name. You decide each place that the agent would change.",
    value: old,
    ignoreFocusOut: true,
    validateInput: (typed) => wrongName(typed, old, python),
  });
  return text?.trim();
}

async function anotherModule(given: RefactorCommand): Promise<string | undefined> {
  const uri = Uri.parse(given.uri);
  const folder = workspace.getWorkspaceFolder(uri);
  const found = await workspace.findFiles(
    folder ? new RelativePattern(folder, "**/*.py") : "**/*.py",
    OTHERS,
    MOST_FILES,
  );
  const here = workspace.asRelativePath(uri, false);
  const paths = found.map((one) => workspace.asRelativePath(one, false)).filter((path) => path !== here);
  const other: QuickPickItem = { label: "$(new-file) Another file…", alwaysShow: true };
  const title = `Ask the agent to move ${nameAt(given)}`;
  const files: QuickPickItem[] = paths.sort().map((label) => ({ label }));
  const chosen = await window.showQuickPick([...files, other], { title, placeHolder: "To which module?" });
  if (chosen !== other) {
    return chosen?.label;
  }
  const text = await window.showInputBox({
    title,
    prompt: "The module's path from the workspace folder. A new file is made.",
    value: here.slice(0, here.lastIndexOf("/") + 1),
    ignoreFocusOut: true,
    validateInput: wrongModule,
  });
  return text?.trim();
}

/** The name that the action stands on. */
function nameAt({ uri, range: { start, end } }: RefactorCommand): string {
  const document = workspace.textDocuments.find((one) => one.uri.toString() === Uri.parse(uri).toString());
  return document?.lineAt(start.line).text.slice(start.character, end.character) ?? "";
}
