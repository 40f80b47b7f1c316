import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";

interface Manifest {
  contributes: { configuration: { properties: Record<string, { scope: string }> } };
}

test("no workspace says which program runs, in which environment, where the key goes or what may be spent", () => {
  const manifest = JSON.parse(readFileSync(join(process.cwd(), "package.json"), "utf8")) as Manifest;
  const { properties } = manifest.contributes.configuration;
  for (const name of ["command", "env", "baseUrl", "stateDir", "budget"]) {
    assert.equal(properties[`harnessBridge.${name}`]?.scope, "machine", name);
  }
});
