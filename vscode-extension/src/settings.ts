/** The person's settings, as the daemon takes them. */

import { ConfigurationTarget, workspace } from "vscode";
import type { InitializationOptions, ReviewPolicy, SavePolicy } from "./protocol/generated";

/** Settings that the daemon has under the same names. What is empty, off or 0 is left to its own environment. */
const MODEL_SETTINGS = ["model", "baseUrl", "api", "fallback", "effort", "fast", "budget"] as const;

const SECTION = "harnessBridge";

/** The settings that the daemon reads only when it starts. */
export const START_SETTINGS = ["command", ...MODEL_SETTINGS, "save", "stateDir", "env"].map(
  (name) => `${SECTION}.${name}`,
);
export const REVIEW_SETTING = `${SECTION}.review`;
export const COMMAND_SETTING = `${SECTION}.command`;

export function command(): string[] {
  const given = workspace.getConfiguration(SECTION).get<string[]>("command", []);
  return given.length > 0 && given[0] ? given : ["harness-bridge"];
}

export function reviewPolicy(): ReviewPolicy {
  return workspace.getConfiguration(SECTION).get<ReviewPolicy>("review", "ask");
}

export async function setReviewPolicy(value: ReviewPolicy): Promise<void> {
  await workspace.getConfiguration(SECTION).update("review", value, ConfigurationTarget.Global);
}

/** The environment of the daemon: the editor's own and what was added. */
export function environment(): Record<string, string | undefined> {
  return { ...process.env, ...workspace.getConfiguration(SECTION).get<Record<string, string>>("env", {}) };
}

/** What is empty is left out, so that the daemon's environment decides. */
export function initializationOptions(): InitializationOptions {
  const settings = workspace.getConfiguration(SECTION);
  const chosen = MODEL_SETTINGS.map((name) => [name, settings.get<string | number | boolean>(name)] as const);
  const stateDir = settings.get<string>("stateDir", "");
  return {
    review: reviewPolicy(),
    save: settings.get<SavePolicy>("save", "clean"),
    ...Object.fromEntries(chosen.filter(([, value]) => value)),
    ...(stateDir ? { stateDir } : {}),
  };
}
