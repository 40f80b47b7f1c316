// Holds that the extension uses stable API only: what is proposed works in development and is refused by users' editors.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** The menus that we use, each known to be stable in the oldest editor that we serve. */
const STABLE_MENUS = new Set([
  "commandPalette",
  "editor/context",
  "editor/title",
  "scm/change/title",
  "view/item/context",
  "view/title",
]);

/** The contribution points that we use, each stable. */
const STABLE_POINTS = new Set([
  "colors",
  "commands",
  "configuration",
  "configurationDefaults",
  "keybindings",
  "menus",
  "views",
  "viewsContainers",
  "viewsWelcome",
]);

const problems = [];
if (manifest.enabledApiProposals !== undefined) {
  problems.push("package.json: enabledApiProposals");
}
for (const point of Object.keys(manifest.contributes)) {
  if (!STABLE_POINTS.has(point)) {
    problems.push(`package.json: contributes.${point} is not on the list of stable points`);
  }
}
for (const menu of Object.keys(manifest.contributes.menus)) {
  if (!STABLE_MENUS.has(menu)) {
    problems.push(`package.json: the menu ${menu} is not on the list of stable menus`);
  }
}
const oldest = manifest.engines.vscode.replace(/^\^/, "");
if (manifest.devDependencies["@types/vscode"] !== oldest) {
  problems.push(`package.json: @types/vscode is not ${oldest}, so newer API would compile`);
}
for (const name of readdirSync(join(root, "src"), { recursive: true })) {
  if (/vscode\.proposed/.test(name)) {
    problems.push(`src/${name}: typings of proposed API`);
  } else if (
    name.endsWith(".ts") &&
    /vscode\.proposed|@vscode\/proposed/.test(readFileSync(join(root, "src", name), "utf8"))
  ) {
    problems.push(`src/${name}: refers to typings of proposed API`);
  }
}

// What the manifest offers must exist, and what exists must be offered.
const offered = new Set(manifest.contributes.commands.map(({ command }) => command));
const used = [...Object.values(manifest.contributes.menus).flat(), ...manifest.contributes.keybindings].map(
  ({ command }) => command,
);
for (const command of used.filter((one) => !offered.has(one))) {
  problems.push(`package.json: ${command} is used, but it is no command of ours`);
}
const icon = manifest.contributes.viewsContainers.activitybar[0].icon;
if (!existsSync(join(root, icon))) {
  problems.push(`package.json: ${icon} does not exist`);
}

for (const problem of problems) {
  console.error(problem);
}
process.exit(problems.length > 0 ? 1 : 0);
