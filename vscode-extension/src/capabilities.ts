/** What this client can do, as it tells the daemon. */

import type { ClientCapabilities, FeatureState, StaticFeature } from "vscode-languageclient/node";
import { type HarnessClientCapabilities, PROTOCOL_VERSION } from "./protocol/generated";

const OURS: HarnessClientCapabilities = {
  protocolVersion: PROTOCOL_VERSION,
  permissions: true,
  updates: true,
  editorApply: true,
  editorSave: true,
  review: true,
};

export class HarnessFeature implements StaticFeature {
  fillClientCapabilities(capabilities: ClientCapabilities): void {
    capabilities.experimental = { ...(capabilities.experimental as object | undefined), harness: OURS };
    // The status bar item tells of the turn, from the updates; a second report beside it would be noise.
    capabilities.window = { ...capabilities.window, workDoneProgress: false };
  }

  initialize(): void {
    // Nothing to set up: the handlers are registered with the client itself.
  }

  getState(): FeatureState {
    return { kind: "static" };
  }

  clear(): void {
    // Nothing to take down.
  }
}
