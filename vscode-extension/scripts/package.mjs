// Packs dist/harness-bridge.vsix: the files that package.json names, and the manifest that the editor reads.
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { zip } from "./zip.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

const TYPES = { json: "application/json", js: "application/javascript", md: "text/markdown", svg: "image/svg+xml" };

function escaped(text) {
  return String(text).replace(/[&<>"]/g, (one) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[one]);
}

/** The files of a path in package.json's `files`, in a fixed order. */
function expand(path) {
  if (statSync(join(root, path)).isFile()) {
    return [path];
  }
  return readdirSync(join(root, path))
    .sort()
    .flatMap((name) => expand(`${path}/${name}`));
}

function vsixManifest() {
  const property = (id, value) => `      <Property Id="Microsoft.VisualStudio.${id}" Value="${escaped(value)}" />`;
  const asset = (type, path) => `    <Asset Type="Microsoft.VisualStudio.${type}" Path="${path}" Addressable="true" />`;
  const { name, version, publisher, displayName, description, categories, keywords, engines, extensionKind } = manifest;
  return `<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
  <Metadata>
    <Identity Language="en-US" Id="${escaped(name)}" Version="${escaped(version)}" Publisher="${escaped(publisher)}" />
    <DisplayName>${escaped(displayName)}</DisplayName>
    <Description xml:space="preserve">${escaped(description)}</Description>
    <Tags>${escaped(keywords.join(","))}</Tags>
    <Categories>${escaped(categories.join(","))}</Categories>
    <GalleryFlags>Public</GalleryFlags>
    <License>extension/LICENSE</License>
    <Properties>
${[
  property("Code.Engine", engines.vscode),
  property("Code.ExtensionKind", extensionKind.join(",")),
  property("Services.GitHubFlavoredMarkdown", "true"),
].join("\n")}
    </Properties>
  </Metadata>
  <Installation>
    <InstallationTarget Id="Microsoft.VisualStudio.Code" />
  </Installation>
  <Dependencies />
  <Assets>
${[
  asset("Code.Manifest", "extension/package.json"),
  asset("Services.Content.Details", "extension/README.md"),
  asset("Services.Content.Changelog", "extension/CHANGELOG.md"),
  asset("Services.Content.License", "extension/LICENSE"),
].join("\n")}
  </Assets>
</PackageManifest>
`;
}

/** The content types by ending; a file without one is plain text. */
function contentTypes(names) {
  const named = names.filter((name) => !name.split("/").at(-1).includes("."));
  const endings = [
    ...new Set(names.filter((name) => !named.includes(name)).map((name) => name.split(".").at(-1))),
  ].sort();
  const rows = [
    ...endings.map((one) => `<Default Extension=".${one}" ContentType="${TYPES[one] ?? "text/plain"}" />`),
    '<Default Extension=".vsixmanifest" ContentType="text/xml" />',
    ...named.map((name) => `<Override PartName="/${name}" ContentType="text/plain" />`),
  ];
  const schema = "http://schemas.openxmlformats.org/package/2006/content-types";
  return `<?xml version="1.0" encoding="utf-8"?>\n<Types xmlns="${schema}">${rows.join("")}</Types>\n`;
}

const paths = ["package.json", ...manifest.files.flatMap(expand)];
const files = paths.map((path) => [`extension/${path}`, readFileSync(join(root, path))]);
const types = contentTypes(files.map(([name]) => name));
const packed = zip([
  ["extension.vsixmanifest", Buffer.from(vsixManifest())],
  ["[Content_Types].xml", Buffer.from(types)],
  ...files,
]);
mkdirSync(join(root, "dist"), { recursive: true });
writeFileSync(join(root, "dist", "harness-bridge.vsix"), packed);
console.log(`dist/harness-bridge.vsix: ${files.length} files, ${Math.ceil(packed.length / 1024)} KiB`);
