// Bundles the extension into dist/extension.js, and the licences of what is in the bundle into dist/NOTICES.txt.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const production = process.argv.includes("--production");

/** The folders of the packages that a bundle was made of. */
function packages(inputs) {
  const found = inputs.map((input) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1]).filter(Boolean);
  return [...new Set(found)].sort();
}

/** What one package says of itself, with its licence in full; throws where it ships none. */
function notice(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
  const file = readdirSync(join(root, folder)).find((one) => /^licen[cs]e/i.test(one));
  if (!file) {
    throw new Error(`${name} ships no licence`);
  }
  return `${name} ${version} (${license})\n\n${readFileSync(join(root, folder, file), "utf8").trim()}\n`;
}

const result = await build({
  absWorkingDir: root,
  entryPoints: ["src/extension.ts"],
  outfile: "dist/extension.js",
  bundle: true,
  format: "cjs",
  platform: "node",
  target: "node20",
  mainFields: ["module", "main"],
  external: ["vscode"],
  minify: production,
  sourcemap: production ? false : "linked",
  metafile: true,
  logLevel: "warning",
});
const line = `\n${"-".repeat(80)}\n\n`;
writeFileSync(
  join(root, "dist", "NOTICES.txt"),
  ["The bundle holds these packages.\n", ...packages(Object.keys(result.metafile.inputs)).map(notice)].join(line),
);
