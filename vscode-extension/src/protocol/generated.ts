// GENERATED from bridge/protocol by scripts/gen.py. Do not edit: change the models and run `make gen`.
// A field marked with `?` may be left out; null means the same. Skip kinds and fields that you don't know.

export const PROTOCOL_VERSION = 1 as const;

/** A piece of what the agent says. */
export interface AgentMessageChunk {
  /** The tag. */
  sessionUpdate: "agent_message_chunk";
  /** The piece. */
  content: ContentBlock;
  /** Which message it belongs to. */
  messageId?: string | null;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** A piece of what the agent thinks. */
export interface AgentThoughtChunk {
  /** The tag. */
  sessionUpdate: "agent_thought_chunk";
  /** The piece. */
  content: ContentBlock;
  /** Which message it belongs to. */
  messageId?: string | null;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** Hints on how a content block is used or shown. */
export interface Annotations {
  /** Whom the content is meant for. */
  audience?: Array<Role> | null;
  /** When the source last changed, ISO 8601. */
  lastModified?: string | null;
  /** Importance, from 0 to 1. */
  priority?: number | null;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** Answer an open question. */
export interface AnswerPermissionRequest {
  /** Which question. */
  approvalId: string;
  /** The chosen answer: one of its options. */
  optionId: string;
  /** Why; it reaches the model. */
  reason?: string | null;
}

/** The answer was taken. */
export interface AnswerPermissionResponse {
  /** What became of the question. */
  state: ApprovalState;
}

/** Change one open document. */
export interface ApplyEditorRequest {
  /** The document, spelled as the client spells it. */
  uri: string;
  /** The version that the ranges are in. */
  version: number;
  /** The changes. They don't overlap; all ranges are in the text before. */
  edits: Array<TextEdit>;
  /** Names the undo step. What has the same name is undone together; nothing else is part of it. */
  undoGroup: string;
  /** What the change is for, in words for a person: the name of the undo step. */
  label: string;
}

/** Whether the document was changed. */
export interface ApplyEditorResponse {
  /** Whether all of the edits were made. `false` means that none was; refuse where `version` is not the document's any more. */
  applied: boolean;
  /** The document's version after the change. */
  version?: number | null;
  /** SHA-256, hex, of the document's whole text after the change, in UTF-8. */
  sha256?: string | null;
  /** Why it was refused, in words for a person. */
  reason?: string | null;
}

/** A question is settled: put it away. Comes once, after its `approval_opened`. */
export interface ApprovalClosed {
  /** The tag. */
  sessionUpdate: "approval_closed";
  /** Which question. */
  approvalId: string;
  /** What became of it; never `open`. */
  state: ApprovalState;
  /** The answer, if it was answered. */
  optionId?: string | null;
}

/** What we add to ACP's question. */
export interface ApprovalNote {
  /** Names the question in `harness/permission/*` and `harness/editor/shown`. */
  approvalId: string;
  /** Which rule or default made it a question. */
  why: string;
}

/** A question to a person was opened. */
export interface ApprovalOpened {
  /** The tag. */
  sessionUpdate: "approval_opened";
  /** The question. */
  approval: ApprovalView;
}

/** What became of a question. All but `open` are final; only `answered` can allow anything. */
export type ApprovalState = "open" | "answered" | "expired" | "cancelled";

/** A question to a person, as a record. It outlives the connection it was asked on. */
export interface ApprovalView {
  /** Names the question for ever. */
  approvalId: string;
  /** The session that asks. */
  sessionId: string;
  /** The path of agents that leads to the asker; empty for the session's own. */
  agent: Array<string>;
  /** What would run. */
  toolCall: ToolCallUpdate;
  /** What it would read, write, run or reach, in words for a person. */
  touches: Array<string>;
  /** The answers to choose from. */
  options: Array<PermissionOption>;
  /** SHA-256, hex, of what is asked about: what the answer binds. */
  digest: string;
  /** Which rule or default made it a question. */
  why: string;
  /** What became of it. */
  state: ApprovalState;
}

/** What the person selected. */
export interface AskHereCommand {
  /** The document. */
  uri: string;
  /** The selection. */
  range: Range;
}

/** What came of the question what to ask. */
export interface AskHereResult {
  /** The session that the turn runs in; absent where nothing was chosen. */
  sessionId?: string | null;
}

/** Sound. Taken in a prompt only if the server's `promptCapabilities.audio` is true. */
export interface AudioContent {
  /** The tag. */
  type: "audio";
  /** The sound, base64. */
  data: string;
  /** Such as `audio/wav`. */
  mimeType: string;
  /** How the content is used or shown. */
  annotations?: Annotations | null;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** The bytes of a resource. */
export interface BlobResourceContents {
  /** Which resource. */
  uri: string;
  /** Its bytes, base64. */
  blob: string;
  /** Such as `application/pdf`. */
  mimeType?: string | null;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** What a limit counts. */
export type BudgetUnit = "dollars" | "tokens";

/** A limit of the session: no model call is made that would pass it. */
export interface BudgetView {
  /** What it counts. */
  unit: BudgetUnit;
  /** The limit, a decimal number. */
  limit: string;
  /** What counts against it, a decimal number: with an estimate for calls of which the service told nothing, so it can be more than the total. */
  spent: string;
}

/** Four fifths of a budget are spent. At its end no further model call is made. */
export interface BudgetWarning {
  /** The tag. */
  sessionUpdate: "budget_warning";
  /** Which turn. */
  turnId: string;
  /** What the budget counts. */
  unit: BudgetUnit;
  /** What is spent, a decimal number. */
  spent: string;
  /** The budget, a decimal number. */
  limit: string;
}

/** Whose turn to cancel. */
export interface CancelCommand {
  /** Which session; every one that runs, if absent. */
  sessionId?: string | null;
}

/** Cancel the session's running turn. Nothing happens if none runs. */
export interface CancelNotification {
  /** Which session. */
  sessionId: string;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** Close a session. A running turn is cancelled; the session can be loaded again. */
export interface CloseSessionRequest {
  /** Which session. */
  sessionId: string;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** The session is closed. */
export interface CloseSessionResponse {
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** Remarks that decide nothing. */
export interface CommentReviewRequest {
  /** The remarks. */
  comments: Array<HunkComment>;
}

/** The remarks are recorded. */
export type CommentReviewResponse = Record<string, never>;

/** Whose conversation to make smaller. */
export interface CompactCommand {
  /** Which session; the workspace's current one, if absent. */
  sessionId?: string | null;
}

/** Make the conversation smaller. */
export interface CompactRequest {
  /** Which session. */
  sessionId: string;
}

/** What came of it. */
export interface CompactResponse {
  /** It is smaller now. Otherwise there was nothing that could be left out. */
  compacted: boolean;
  /** Tokens before; absent where nobody knows. */
  before?: number | null;
  /** Tokens now; absent where nobody knows. */
  after?: number | null;
}

/** The conversation was made smaller for the model. The session's log keeps all of it. */
export interface Compacted {
  /** The tag. */
  sessionUpdate: "compacted";
  /** Why. */
  cause: CompactionCause;
  /** Who did it: the service's own compaction, a summary by the model, or a rule without a model. */
  by: "service" | "model" | "rule";
  /** Tokens before; absent where nobody knows. */
  before?: number | null;
  /** Tokens now; absent where nobody knows. */
  after?: number | null;
  /** The files that were read again for it; at most 50 are named. */
  files: Array<string>;
}

/** Why a conversation was made smaller: the model's window was nearly full, the person asked for it, or the service had refused it as too long. */
export type CompactionCause = "window" | "command" | "overflow";

/** An option of the session has another value now. */
export interface ConfigOptionUpdate {
  /** The tag. */
  sessionUpdate: "config_option_update";
  /** All options of the session, as they are now. */
  configOptions: Array<SessionConfigOption>;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** A content block that a tool call produced. */
export interface Content {
  /** The tag. */
  type: "content";
  /** The block. */
  content: ContentBlock;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** A piece of a prompt or of a message; `type` says which. */
export type ContentBlock = TextContent | ImageContent | AudioContent | ResourceLink | EmbeddedResource;

/** An amount of money. */
export interface Cost {
  /** How much. */
  amount: number;
  /** ISO 4217: `USD`. */
  currency: string;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** The session is in another mode now. */
export interface CurrentModeUpdate {
  /** The tag. */
  sessionUpdate: "current_mode_update";
  /** The mode. */
  currentModeId: string;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** Decide hunks. */
export interface DecideReviewRequest {
  /** The decisions, applied in this order. */
  decisions: Array<HunkChoice>;
}

/** What came of the decisions. */
export interface DecideReviewResponse {
  /** One for each decision, in the same order. */
  outcomes: Array<HunkOutcome>;
}

/** A change of one file, whole texts. For showing only: what can be decided are hunks. */
export interface Diff {
  /** The tag. */
  type: "diff";
  /** Absolute path of the file. */
  path: string;
  /** The text before; absent for a new file. */
  oldText?: string | null;
  /** The text after. */
  newText: string;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** A resource with its contents. Taken in a prompt only if `promptCapabilities.embeddedContext` is true. */
export interface EmbeddedResource {
  /** The tag. */
  type: "resource";
  /** The contents. */
  resource: EmbeddedResourceResource;
  /** How the content is used or shown. */
  annotations?: Annotations | null;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** Text or bytes. Told apart by the field `text` or `blob`: ACP gives them no tag. */
export type EmbeddedResourceResource = TextResourceContents | BlobResourceContents;

/** An environment variable. */
export interface EnvVariable {
  /** Its name. */
  name: string;
  /** Its value. */
  value: string;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** The `data` of an error. */
export interface ErrorData {
  /** Which error it is. */
  kind: ErrorKind;
  /** What to do next, in words for a person. */
  hint: string;
  /** For `invalid_params`: what is wrong, field by field, at most 20. */
  errors?: Array<FieldProblem> | null;
  /** For `internal`: names the entry in the daemon's log. */
  incident?: string | null;
}

/** Which error it is. A kind you don't know is to be treated as `internal`. */
export type ErrorKind = "parse_error" | "invalid_request" | "unknown_method" | "invalid_params" | "internal" | "not_initialized" | "cancelled" | "shutting_down" | "unknown_session" | "session_locked" | "busy" | "unknown_hunk" | "stale" | "unknown_approval" | "already_resolved" | "not_allowed" | "not_trusted" | "outside_workspace" | "file_missing" | "file_unreadable" | "file_binary" | "file_too_large" | "read_only" | "disk_full" | "model_unavailable" | "model_failed" | "model_auth" | "model_quota" | "tool_input";

/** The model's service can't do something that was asked for; it goes on without. */
export interface FeatureLowered {
  /** The tag. */
  sessionUpdate: "feature_lowered";
  /** The model. */
  model: string;
  /** What it does without, in a word. */
  feature: string;
  /** Why, in words for a person. */
  why: string;
}

/** What is wrong with one field of the params. The value itself is not repeated. */
export interface FieldProblem {
  /** Where, such as `prompt.0.text`; empty for the params themselves. */
  path: string;
  /** What is wrong. */
  message: string;
}

/** Which file. */
export interface FileCommand {
  /** Which file. */
  uri: string;
}

/** Whether the hunk can still be accepted. A stale one can't; it may become clean again. */
export type Fit = "clean" | "stale";

/** Look at one hunk. */
export interface GetReviewRequest {
  /** Which hunk; one that is settled has an answer too. */
  hunkId: string;
}

/** One hunk, and what is around it. */
export interface GetReviewResponse {
  /** The hunk as it is now. */
  hunk: HunkView;
  /** The lines that stand at `range` now, with their line endings; for a stale hunk, what stands where it was meant to go. */
  currentText: string;
  /** The ids of all hunks of its proposal, this one too: file after file, in the order of place. */
  siblings: Array<string>;
}

/** What has a session used? */
export interface GetUsageRequest {
  /** Which session. */
  sessionId: string;
}

/** What a session's model calls used and cost, those of earlier daemons with them. */
export interface GetUsageResponse {
  /** Which session. */
  sessionId: string;
  /** All of it in one line, for a person. */
  summary: string;
  /** All calls. */
  total: UsageTotal;
  /** The same in lines; at most 20 of each kind: the latest turns, and otherwise the largest. */
  lines: Array<UsageLine>;
  /** The limits that the session has. */
  budgets: Array<BudgetView>;
  /** How long tools worked. */
  toolSeconds: number;
  /** Lines that the changes added, of those that stand. */
  added: number;
  /** Lines that they removed. */
  removed: number;
  /** Where the prices are from. */
  prices: Array<string>;
  /** What the figures do not hold, in words for a person. */
  remark?: string | null;
}

/**
 * A client's `capabilities.experimental.harness`.
 *
 * A client that leaves it out is a stock editor: it is served by standard LSP alone and is sent no `harness/` message.
 */
export interface HarnessClientCapabilities {
  /** The protocol version that the client was written for. */
  protocolVersion: number;
  /** The client answers `harness/session/request_permission`. Otherwise questions come as `window/showMessageRequest`. */
  permissions?: boolean | null;
  /** The client wants `harness/session/update`. Otherwise none is sent. */
  updates?: boolean | null;
  /** The client answers `harness/editor/apply`, and sets an undo break before and after the edit: one accepted hunk is one undo step, even while the person types. Sessions can then have the review policy `keep`. Otherwise edits come as `workspace/applyEdit`. */
  editorApply?: boolean | null;
  /** The client answers `harness/editor/save`. Otherwise it is never asked to save. */
  editorSave?: boolean | null;
  /** The client shows hunks itself, by `harness/review/*` and `hunk_update`. For hunks it is sent no diagnostics, code lenses, inlay hints, code actions or questions. */
  review?: boolean | null;
}

/** The daemon's `capabilities.experimental.harness`. */
export interface HarnessServerCapabilities {
  /** The protocol version that the daemon speaks. A client that can't speak it falls back to standard LSP, or ends the connection. */
  protocolVersion: number;
  /** Which content blocks a prompt may have; `text` and `resource_link` alone if absent. */
  promptCapabilities?: PromptCapabilities | null;
}

/**
 * A person's decision on one hunk, on some lines of it, or on another text in its place.
 *
 * With `lines`, `text` or `anyway` the hunk is split: what is decided is a new hunk, `decidedId` of the outcome. What
 * is left of the parent are new hunks too, undecided, told by `hunk_update`.
 */
export interface HunkChoice {
  /** Which hunk. */
  hunkId: string;
  /** Yes or no. */
  verdict: HunkVerdict;
  /** Why; it reaches the model while the turn goes on. */
  reason?: string | null;
  /** Only these lines of its new side; the rest stays undecided. */
  lines?: Lines | null;
  /** For `accept`: this text, with its line endings, in the place of its new side. */
  text?: string | null;
  /** For `accept` of a stale hunk: put it where it was meant to go, over `currentText`. The person has looked at that. */
  anyway?: boolean | null;
}

/** Which hunk. */
export interface HunkCommand {
  /** Which hunk. */
  hunkId: string;
}

/** A remark on a hunk. */
export interface HunkComment {
  /** Which hunk. */
  hunkId: string;
  /** The remark. */
  text: string;
  /** The lines of its new side that are meant; all, if absent. */
  lines?: Lines | null;
}

/** What was decided, once and for all. `withdrawn`: its turn was cancelled or it was superseded. `expired`: nobody decided in time. */
export type HunkDecision = "accepted" | "rejected" | "withdrawn" | "expired";

/** What came of one decision. */
export interface HunkOutcome {
  /** Which hunk. */
  hunkId: string;
  /** What came of it. */
  outcome: HunkResult;
  /** The same in words for a person, where it needs any. */
  message?: string | null;
  /** The error, where one kept the text from being applied. */
  kind?: ErrorKind | null;
  /** For `stale`, and for `refused` where it is known: what stands at its place now. */
  currentText?: string | null;
  /** The new hunk that was decided, where `lines`, `text` or `anyway` made one. */
  decidedId?: string | null;
  /** For `refused`: the later hunks that stand on it. Undo them with it, in one request. */
  blockedBy?: Array<string> | null;
}

/** What came of a decision. `present`: accepted, and the text was seen to stand. `absent`: accepted, not applied yet. `unverified`: accepted and sent, but what stands there is something else. `rejected`: recorded. `removed`: it stood, and its old text stands again. `stale`: refused, nothing was decided. `refused`: nothing was done; `message` says why. `already_decided`: an earlier decision stands. `withdrawn`, `expired`: it can't be decided any more. `unknown`: there is no such hunk. */
export type HunkResult = "present" | "absent" | "rejected" | "withdrawn" | "expired" | "stale" | "unverified" | "removed" | "refused" | "already_decided" | "unknown";

/**
 * A hunk is new, or something about it changed: its decision, placement, fit or range. Replaces what was known.
 *
 * After a split it comes for the parent, which is withdrawn, for each of its parts, and for the other hunks of the
 * proposal, whose `index` and `total` have changed.
 */
export interface HunkUpdate {
  /** The tag. */
  sessionUpdate: "hunk_update";
  /** The hunk as it is now. */
  hunk: HunkView;
}

/** What the person says to a hunk. Under the policy `keep`: keep it, or undo it. */
export type HunkVerdict = "accept" | "reject";

/**
 * One hunk: a run of changed lines that is decided as one.
 *
 * Its id, texts and digest never change. `range` follows the person's typing. It waits for the person while it has no
 * decision and, under the policy `keep`, its text was sent to the file (`present` or `unverified`).
 */
export interface HunkView {
  /** Names the hunk for ever. */
  hunkId: string;
  /** The tool call's change that it is part of. */
  proposalId: string;
  /** The session that proposed it. */
  sessionId: string;
  /** The file. */
  uri: string;
  /** Where the file goes: of `move`, and of a `delete` that is decided together with its `create`. */
  toUri?: string | null;
  /** What the change does to the file. */
  op: Op;
  /** Where the old text stands now; while `present`, where the new text stands. */
  range: Range;
  /** The lines that go, with their line endings; empty for an insertion. */
  oldText: string;
  /** The lines that come, with their line endings; empty for a deletion. */
  newText: string;
  /** SHA-256, hex, of operation, file, old and new text: what an approval binds. */
  digest: string;
  /** What was decided; absent while undecided. */
  decision?: HunkDecision | null;
  /** Whether the new text stands in the file. */
  placement: Placement;
  /** Whether it can still be accepted. */
  fit: Fit;
  /** Why it is stale, if it is. */
  staleReason?: StaleReason | null;
  /** Which of the proposal's hunks, over all of its files, counted from 0. */
  index: number;
  /** How many hunks the proposal has. */
  total: number;
  /** What the change is for, in words for a person. */
  title: string;
  /** What the tool says of these lines: that it is not certain of them, or that they are no code. */
  note?: string | null;
  /** When its text is applied; fixed when it was proposed. */
  policy: Policy;
  /** Its proposal makes sense as a whole only: warn a person who takes a part of it. */
  atomic: boolean;
  /** The hunk that it was split off, or whose text it replaces; that one is `withdrawn`. */
  parentId?: string | null;
  /** The version of the open document that `range` is in; absent for a closed file. */
  version?: number | null;
}

/** An image. Taken in a prompt only if the server's `promptCapabilities.image` is true. */
export interface ImageContent {
  /** The tag. */
  type: "image";
  /** The image, base64. */
  data: string;
  /** Such as `image/png`. */
  mimeType: string;
  /** Where the image comes from. */
  uri?: string | null;
  /** How the content is used or shown. */
  annotations?: Annotations | null;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/**
 * LSP's `initializationOptions`: settings for this connection. All of them may be left out.
 *
 * One that can't be used is named to the person, and its default is used. Keys are never taken from here.
 */
export interface InitializationOptions {
  /** Which model answers prompts: a name that the service at `baseUrl` knows, `offline` or `scripted`. */
  model?: string | null;
  /** For the model `scripted`: absolute path of the file that says what it answers. */
  script?: string | null;
  /** Absolute path of the folder for session logs, instead of the user's own state folder. */
  stateDir?: string | null;
  /** The review policy of new sessions: `ask` if absent. `keep` needs the capability `editorApply`. */
  review?: ReviewPolicy | null;
  /** Which documents are saved after an edit: `clean` if absent. Needs the capability `editorSave`. */
  save?: SavePolicy | null;
  /** Where the model's service is, such as `http://localhost:11434/v1`; OpenAI's if absent. */
  baseUrl?: string | null;
  /** What the service speaks: the Responses API, which is meant if absent, or Chat Completions. */
  api?: "responses" | "chat" | null;
  /** The model that a turn goes on with where the first one is not there. */
  fallback?: string | null;
  /** How hard the model shall think; its own choice if absent. */
  effort?: "low" | "medium" | "high" | "max" | null;
  /** Use the service's fast tier, which costs more. */
  fast?: boolean | null;
  /** Let the service keep responses, so that less is sent. */
  store?: boolean | null;
  /** Let calls go on at the service while the daemon is restarted; means `store`. */
  background?: boolean | null;
  /** Tools of the service's own that the model may use, such as `web_search`. */
  hostedTools?: Array<string> | null;
  /** US dollars that a session may cost; no limit if absent. */
  budget?: number | null;
  /** Tokens that a session may use, in and out; no limit if absent. */
  tokenBudget?: number | null;
  /** Model calls in a turn: 100 if absent. */
  steps?: number | null;
  /** How long a turn may take: 60 if absent. */
  minutes?: number | null;
  /** The model's context window in tokens, where it is not known or another one. */
  window?: number | null;
  /** What models cost, by name; goes before the prices that are known. */
  prices?: Record<string, unknown> | null;
}

/** Lines of a hunk's new side, counted from 0 at its first line. Half open: `end` is not part of it. */
export interface Lines {
  /** The first line. */
  start: number;
  /** The line after the last one. */
  end: number;
}

/** Which models are there? */
export type ListModelsRequest = Record<string, never>;

/** The models that are known. The option `model` takes others as well, if the service has them. */
export interface ListModelsResponse {
  /** The models. */
  models: Array<ModelView>;
}

/** List the open questions. */
export interface ListPendingRequest {
  /** Only those of this session. */
  sessionId?: string | null;
}

/** The open questions. */
export interface ListPendingResponse {
  /** The oldest first. */
  approvals: Array<ApprovalView>;
}

/** List the hunks that wait for the person, and those whose decision is being carried out. */
export interface ListReviewRequest {
  /** Only those of this session. */
  sessionId?: string | null;
  /** Only those of this file. */
  uri?: string | null;
  /** `nextCursor` of the page before. */
  cursor?: string | null;
}

/** A page of hunks. A page is at most 64 KiB, but for a single larger hunk. */
export interface ListReviewResponse {
  /** The hunks. */
  hunks: Array<HunkView>;
  /** Give it back for the next page; absent on the last. */
  nextCursor?: string | null;
}

/** List the sessions that can be loaded. */
export interface ListSessionsRequest {
  /** Only those of this workspace. */
  cwd?: string | null;
  /** `nextCursor` of the page before. */
  cursor?: string | null;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** A page of sessions, the latest first. */
export interface ListSessionsResponse {
  /** The sessions. */
  sessions: Array<SessionInfo>;
  /** Give it back for the next page; absent on the last. */
  nextCursor?: string | null;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** Open a session of an earlier time again. */
export interface LoadSessionRequest {
  /** Which session. */
  sessionId: string;
  /** Absolute path of the workspace: the one the session was opened with. */
  cwd: string;
  /** As for a new session. */
  mcpServers?: Array<McpServerStdio>;
  /** As for a new session. */
  additionalDirectories?: Array<string> | null;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** The session is open, and its history has been sent. */
export interface LoadSessionResponse {
  /** The modes, if there is a choice. */
  modes?: SessionModeState | null;
  /** The options, if there are any. */
  configOptions?: Array<SessionConfigOption> | null;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** An MCP server that is started as a process. */
export interface McpServerStdio {
  /** A name to show. */
  name: string;
  /** Absolute path of the program. */
  command: string;
  /** Its arguments. */
  args: Array<string>;
  /** Its environment. */
  env: Array<EnvVariable>;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** US dollars for a million tokens, as decimal numbers. */
export interface ModelPrice {
  /** For what is sent. */
  input: string;
  /** For what comes back. */
  output: string;
  /** For what is read from the cache; as `input` if absent. */
  cached?: string | null;
  /** For what is written to it; as `input` if absent. */
  cacheWrite?: string | null;
  /** Where the price is from. */
  source: string;
}

/** The turn goes on with another model. The next turn tries the first one again. */
export interface ModelSwitched {
  /** The tag. */
  sessionUpdate: "model_switched";
  /** Which turn. */
  turnId: string;
  /** The model that it goes on with. */
  model: string;
  /** Why, in words for a person. */
  why: string;
}

/** A model, as far as it is known. */
export interface ModelView {
  /** Its name, as the option `model` takes it. */
  id: string;
  /** Its context window in tokens. */
  window?: number | null;
  /** Its longest answer in tokens. */
  output?: number | null;
  /** How hard it can think, in its service's words, the weakest first. */
  efforts: Array<string>;
  /** It looks at pictures. */
  images: boolean;
  /** What it costs; absent where that is not known. */
  price?: ModelPrice | null;
  /** What it costs on the fast tier; absent where that is not known. */
  fastPrice?: ModelPrice | null;
}

/** Open a session. */
export interface NewSessionRequest {
  /** Absolute path of the workspace. It is the session's boundary and never changes. */
  cwd: string;
  /** MCP servers to connect. Taken for ACP's sake: this version connects none. */
  mcpServers?: Array<McpServerStdio>;
  /** More folders of the workspace. Taken for ACP's sake: this version works in `cwd` alone. */
  additionalDirectories?: Array<string> | null;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** The session that was opened. */
export interface NewSessionResponse {
  /** Names the session from now on, in this daemon and in later ones. */
  sessionId: string;
  /** The modes, if there is a choice. */
  modes?: SessionModeState | null;
  /** The options, if there are any. */
  configOptions?: Array<SessionConfigOption> | null;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** Where to look from: a hunk, or a line of a document. With neither, the first undecided hunk is meant. */
export interface NextCommand {
  /** The hunk to go on from. */
  hunkId?: string | null;
  /** The document to go on from. */
  uri?: string | null;
  /** The line in it, counted from 0. */
  line?: number | null;
}

/** The hunk that is shown now. */
export interface NextHunk {
  /** The hunk; absent if none is undecided. */
  hunk?: HunkView | null;
}

/** Something that happened outside a tool call, which the model is told too; such as an accepted hunk undone. */
export interface NoteUpdate {
  /** The tag. */
  sessionUpdate: "note";
  /** What happened. */
  text: string;
}

/** What the change does to its file. */
export type Op = "edit" | "create" | "delete" | "move";

/** Nobody chose: the turn was cancelled, or the question was put away. Nothing is allowed by it. */
export interface PermissionCancelled {
  /** The tag. */
  outcome: "cancelled";
}

/** An answer that can be given. */
export interface PermissionOption {
  /** Names the answer. */
  optionId: string;
  /** What to show. */
  name: string;
  /** What it means. */
  kind: PermissionOptionKind;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** What an answer means; for icons and keys. */
export type PermissionOptionKind = "allow_once" | "allow_always" | "reject_once" | "reject_always";

/** The person chose. */
export interface PermissionSelected {
  /** The tag. */
  outcome: "selected";
  /** The chosen answer. */
  optionId: string;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** Whether the new text stands in the file. `applying`: sent, not seen yet. `present`: seen. `unverified`: sent, and what stands there is neither the old nor the new text. `removed`: it stood, and the person has taken it out again. */
export type Placement = "absent" | "applying" | "present" | "unverified" | "removed";

/** A step of a plan. */
export interface PlanEntry {
  /** What is to be done. */
  content: string;
  /** How much it matters. */
  priority: PlanEntryPriority;
  /** How far it is. */
  status: PlanEntryStatus;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** How much a plan entry matters. */
export type PlanEntryPriority = "high" | "medium" | "low";

/** How far a plan entry is. */
export type PlanEntryStatus = "pending" | "in_progress" | "completed";

/** The agent's plan, whole: it replaces the one before. */
export interface PlanUpdate {
  /** The tag. */
  sessionUpdate: "plan";
  /** The steps. */
  entries: Array<PlanEntry>;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** When text is applied. `ask`: when the person accepts it. `keep`: at once; the person then keeps it or undoes it. `allow`: at once, by a rule that the person chose; it was never a question. */
export type Policy = "ask" | "keep" | "allow";

/** A place in a text, as in LSP. */
export interface Position {
  /** Counted from 0. */
  line: number;
  /** Counted from 0, in the position encoding agreed on in `initialize`. */
  character: number;
}

/** What a model costs: US dollars for a million tokens, and for each request. */
export interface PriceSetting {
  /** For what is sent. */
  input: number;
  /** For what comes back. */
  output: number;
  /** For what is read from the cache; else as `input`. */
  cached?: number | null;
  /** For what is written to the cache; else as `input`. */
  cacheWrite?: number | null;
  /** For each request; else nothing. */
  request?: number | null;
}

/** Which content blocks a prompt may have, beside `text` and `resource_link`, which it always may. ACP's shape. */
export interface PromptCapabilities {
  /** `image` blocks are taken. */
  image?: boolean | null;
  /** `audio` blocks are taken. */
  audio?: boolean | null;
  /** `resource` blocks are taken. */
  embeddedContext?: boolean | null;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** What to ask of the agent, and where the person is. */
export interface PromptCommand {
  /** What is asked. */
  text: string;
  /** The document the person is in. */
  uri?: string | null;
  /** The line the person is on, counted from 0. */
  line?: number | null;
  /** The last line of what they selected, counted from 0; `line` is the first. */
  endLine?: number | null;
  /** What they selected; an empty one is the cursor. It goes before `line` and `endLine`. */
  range?: Range | null;
  /** Which session; the workspace's current one, or a new one, if absent. */
  sessionId?: string | null;
  /** While another turn runs: wait for its end instead of being refused with `busy`. */
  queue?: boolean | null;
}

/** Ask the agent to do something: a turn. */
export interface PromptRequest {
  /** Which session. */
  sessionId: string;
  /** What is asked. Data in resources is never taken as instructions. */
  prompt: Array<ContentBlock>;
  /** LSP's: report the turn by `$/progress` with this token. */
  workDoneToken?: number | string | null;
  /** While another turn runs: wait for its end instead of being refused with `busy`. */
  queue?: boolean | null;
  /** A JSON Schema of an object: the turn's last message is then JSON of that form. For scripts. */
  outputSchema?: Record<string, unknown> | null;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** The turn is over. */
export interface PromptResponse {
  /** Why it ended. */
  stopReason: StopReason;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** The turn has begun, or waits for the end of another. `$/progress` tells of it. */
export interface PromptStarted {
  /** The session that the turn runs in. */
  sessionId: string;
}

/** The messages that wait for their turns, whole: it replaces the one before. */
export interface QueueUpdate {
  /** The tag. */
  sessionUpdate: "queue_update";
  /** The next one first; at most 50 are named. */
  queue: Array<QueuedPrompt>;
}

/** A message that waits for its turn. */
export interface QueuedPrompt {
  /** Names it, for `harness/session/unqueue`. */
  promptId: string;
  /** What it says, cut where it is long. */
  text: string;
}

/** A stretch of text, as in LSP: the end is not part of it. */
export interface Range {
  /** Where it begins. */
  start: Position;
  /** Where it ends. */
  end: Position;
}

/** Which refactoring, of what. */
export interface RefactorCommand {
  /** The document; it has to be open. */
  uri: string;
  /** The name that is meant, or the selection to extract. A name may be meant by its first place alone. */
  range: Range;
  /** What to do. */
  action: Refactoring;
  /** `rename`: the new name; the person is asked where it is absent. `extract_function` and `extract_variable`: what comes of it is called so; a name is found where it is absent. */
  newName?: string | null;
  /** `move`: the module it goes to, as a path from the workspace folder; the person is asked where it is absent. */
  to?: string | null;
  /** Which session; the workspace's current one, or a new one, if absent. */
  sessionId?: string | null;
}

/** What can be done to code without changing what it does. */
export type Refactoring = "rename" | "extract_function" | "extract_variable" | "inline" | "organise_imports" | "move";

/** Which hunk, and why not. */
export interface RejectCommand {
  /** Which hunk. */
  hunkId: string;
  /** Why; it reaches the model while the turn goes on. */
  reason?: string | null;
}

/** The `_meta` of a permission request. */
export interface RequestPermissionMeta {
  /** Our additions. */
  harness: ApprovalNote;
}

/** How a permission request ended; `outcome` says which. */
export type RequestPermissionOutcome = PermissionSelected | PermissionCancelled;

/** May this tool call run? */
export interface RequestPermissionRequest {
  /** Which session asks. */
  sessionId: string;
  /** What would run: show its title, input, content and locations. */
  toolCall: ToolCallUpdate;
  /** The answers to choose from. */
  options: Array<PermissionOption>;
  /** ACP's room for extensions: the daemon always gives the question's id here. */
  _meta?: RequestPermissionMeta | null;
}

/** The person's answer. */
export interface RequestPermissionResponse {
  /** How it ended. */
  outcome: RequestPermissionOutcome;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** A reference to something the agent can read, such as a file. */
export interface ResourceLink {
  /** The tag. */
  type: "resource_link";
  /** What is meant, usually a `file:` URI. */
  uri: string;
  /** A short name to show. */
  name: string;
  /** A longer name to show. */
  title?: string | null;
  /** What it is. */
  description?: string | null;
  /** Such as `text/x-python`. */
  mimeType?: string | null;
  /** Its size in bytes. */
  size?: number | null;
  /** How the content is used or shown. */
  annotations?: Annotations | null;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** The `error` of a JSON-RPC response. */
export interface ResponseError {
  /** The JSON-RPC code. */
  code: number;
  /** What happened, in words for a person. */
  message: string;
  /** Which error it is, and what to do next. */
  data: ErrorData;
}

/** A model call failed in a way that may pass, and is made again. What had come of it stays, marked by this. */
export interface Retrying {
  /** The tag. */
  sessionUpdate: "retrying";
  /** Which turn. */
  turnId: string;
  /** The number of the attempt that failed. */
  attempt: number;
  /** How long until the next one. */
  waitSeconds: number;
  /** What went wrong, in words for a person. */
  message: string;
}

/** When an edit is applied. `ask`: when the person accepts it. `keep`: at once; the person then keeps it or undoes it. */
export type ReviewPolicy = "ask" | "keep";

/** Whom a content block is meant for. */
export type Role = "assistant" | "user";

/** Save open documents. */
export interface SaveEditorRequest {
  /** The documents, spelled as the client spells them. */
  uris: Array<string>;
}

/** What was saved. */
export interface SaveEditorResponse {
  /** Those of the documents that are on the disk now. */
  saved: Array<string>;
}

/** Which documents are saved after an edit was applied to them. `clean`: those that had no unsaved work of the person's. */
export type SavePolicy = "clean" | "always" | "never";

/** An option of a session, with its value. ACP's kind `select`: one value out of several. */
export interface SessionConfigOption {
  /** The tag. */
  type: "select";
  /** Names the option, such as `review_policy`. */
  id: string;
  /** A name to show. */
  name: string;
  /** What the option is for. */
  description?: string | null;
  /** What kind of option it is; for icons and places. */
  category?: string | null;
  /** The value it has. */
  currentValue: string;
  /** The values it can have. */
  options: Array<SessionConfigSelectOption>;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** A value that an option can have. */
export interface SessionConfigSelectOption {
  /** Names the value. */
  value: string;
  /** A name to show. */
  name: string;
  /** What the value means. */
  description?: string | null;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** A session in a list. */
export interface SessionInfo {
  /** Names the session. */
  sessionId: string;
  /** Absolute path of its workspace. */
  cwd: string;
  /** What it is about. */
  title?: string | null;
  /** When it last changed, ISO 8601. */
  updatedAt?: string | null;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** A mode that a session can be in. */
export interface SessionMode {
  /** Names the mode. */
  id: string;
  /** A name to show. */
  name: string;
  /** What the mode means. */
  description?: string | null;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** The mode a session is in, and those it could be in. */
export interface SessionModeState {
  /** The mode it is in. */
  currentModeId: string;
  /** The modes it could be in. */
  availableModes: Array<SessionMode>;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** Something happened in a session. */
export interface SessionNotification {
  /** Which session. */
  sessionId: string;
  /** Its place in the session's log, rising. Absent for what is not in the log: pieces of a message that is still being written. */
  seq?: number | null;
  /** What happened. */
  update: SessionUpdate;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** One thing that happened in a session; `sessionUpdate` says what. Skip a kind you don't know. */
export type SessionUpdate = UserMessageChunk | AgentMessageChunk | AgentThoughtChunk | ToolCallStart | ToolCallProgress | PlanUpdate | CurrentModeUpdate | ConfigOptionUpdate | TurnStarted | TurnEnded | HunkUpdate | ApprovalOpened | ApprovalClosed | NoteUpdate | UsageUpdate | Retrying | ModelSwitched | FeatureLowered | Compacted | BudgetWarning | QueueUpdate;

/** Give an option another value. */
export interface SetSessionConfigOptionRequest {
  /** Which session. */
  sessionId: string;
  /** Which option. */
  configId: string;
  /** One of the option's values. */
  value: string;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** The option is set. */
export interface SetSessionConfigOptionResponse {
  /** All options of the session, as they are now. */
  configOptions: Array<SessionConfigOption>;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** A question is on the screen. */
export interface ShownNotification {
  /** Which question. */
  approvalId: string;
}

/** Why a hunk is stale. `overlap`: the same lines were changed. `gone`: the file is gone or replaced. `dependency`: it built on a hunk that was not accepted. */
export type StaleReason = "overlap" | "gone" | "dependency";

/** What to tell the agent while it works. */
export interface SteerCommand {
  /** What is said. */
  text: string;
  /** The document the person is in. */
  uri?: string | null;
  /** The line the person is on, counted from 0. */
  line?: number | null;
  /** Which session; the workspace's current one, if absent. */
  sessionId?: string | null;
  /** The turn that is meant; the one that runs, if absent. */
  turnId?: string | null;
}

/** Tell the agent something while it works. */
export interface SteerRequest {
  /** Which session. */
  sessionId: string;
  /** The turn that is meant, as `turn_started` named it. */
  turnId: string;
  /** What is said. */
  prompt: Array<ContentBlock>;
}

/** It is in the log. The model is told before its next step. */
export type SteerResponse = Record<string, never>;

/** Whether the agent hears of it; the person is told so by `window/showMessage`. */
export interface SteerResult {
  /** It does, at its next step. Otherwise no turn runs, or another one than is meant. */
  taken: boolean;
}

/** Why a turn ended. */
export type StopReason = "end_turn" | "max_tokens" | "max_turn_requests" | "refusal" | "cancelled";

/** Text, plain or Markdown. */
export interface TextContent {
  /** The tag. */
  type: "text";
  /** The text. */
  text: string;
  /** How the content is used or shown. */
  annotations?: Annotations | null;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** A change of a text, as in LSP. */
export interface TextEdit {
  /** What is replaced. */
  range: Range;
  /** What comes in its place. */
  newText: string;
}

/** The text of a resource. */
export interface TextResourceContents {
  /** Which resource. */
  uri: string;
  /** Its text. */
  text: string;
  /** Such as `text/x-python`. */
  mimeType?: string | null;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** Tokens of model calls, as the service counted them. */
export interface TokenCounts {
  /** Tokens sent; `cached` and `cacheWrite` are parts of them. */
  input: number;
  /** Of those, read from the service's cache. */
  cached: number;
  /** Of those, written to the service's cache. */
  cacheWrite: number;
  /** Tokens that came back; `reasoning` is a part of them. */
  output: number;
  /** Of those, what the model thought. */
  reasoning: number;
}

/** Something that a tool call produced; `type` says what. */
export type ToolCallContent = Content | Diff;

/** A place that a tool call works on, for a client that follows along. */
export interface ToolCallLocation {
  /** Absolute path of the file. */
  path: string;
  /** A line of it, counted from 0. */
  line?: number | null;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** A tool call went on. One whose status is `completed` or `failed` is its last. */
export interface ToolCallProgress {
  /** The tag. */
  sessionUpdate: "tool_call_update";
  /** Which call. */
  toolCallId: string;
  /** The new title. */
  title?: string | null;
  /** The new kind. */
  kind?: ToolKind | null;
  /** The new status. */
  status?: ToolCallStatus | null;
  /** All that it produced, anew. */
  content?: Array<ToolCallContent> | null;
  /** All the places, anew. */
  locations?: Array<ToolCallLocation> | null;
  /** The arguments, anew. */
  rawInput?: unknown;
  /** The result, anew. */
  rawOutput?: unknown;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** A tool call was asked for. Comes before every other update of that call. */
export interface ToolCallStart {
  /** The tag. */
  sessionUpdate: "tool_call";
  /** Names the call in later updates; unique in the session. */
  toolCallId: string;
  /** What the call does, in words for a person. */
  title: string;
  /** The sort of work; `other` if absent. */
  kind?: ToolKind | null;
  /** How far it is; `pending` if absent. */
  status?: ToolCallStatus | null;
  /** What it produced so far. */
  content?: Array<ToolCallContent> | null;
  /** The places it works on. */
  locations?: Array<ToolCallLocation> | null;
  /** The arguments as the model gave them. */
  rawInput?: unknown;
  /** The result as the tool gave it. */
  rawOutput?: unknown;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** How far a tool call is. `completed` and `failed` are final. */
export type ToolCallStatus = "pending" | "in_progress" | "completed" | "failed";

/** What changed in a tool call. A field that is absent has not changed; a list replaces the former one. */
export interface ToolCallUpdate {
  /** Which call. */
  toolCallId: string;
  /** The new title. */
  title?: string | null;
  /** The new kind. */
  kind?: ToolKind | null;
  /** The new status. */
  status?: ToolCallStatus | null;
  /** All that it produced, anew. */
  content?: Array<ToolCallContent> | null;
  /** All the places, anew. */
  locations?: Array<ToolCallLocation> | null;
  /** The arguments, anew. */
  rawInput?: unknown;
  /** The result, anew. */
  rawOutput?: unknown;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** What sort of work a tool call does; for icons and wording. */
export type ToolKind = "read" | "edit" | "delete" | "move" | "search" | "execute" | "think" | "fetch" | "switch_mode" | "other";

/** A turn ended: the last update of it, and the truth about how it ended. */
export interface TurnEnded {
  /** The tag. */
  sessionUpdate: "turn_ended";
  /** Which turn. */
  turnId: string;
  /** Why it ended. */
  stopReason: TurnStop;
  /** What went wrong, in words for a person, if anything did. */
  message?: string | null;
}

/** A turn began. Turns of one session do not overlap. */
export interface TurnStarted {
  /** The tag. */
  sessionUpdate: "turn_started";
  /** Names the turn. */
  turnId: string;
}

/** Why a turn ended: ACP's reasons, and `failed`: the model failed; `message` says how. */
export type TurnStop = StopReason | "failed";

/** Take hunks that stand out of the text again. */
export interface UndoReviewRequest {
  /** Which hunks. */
  hunkIds: Array<string>;
  /** Why; it reaches the model. */
  reason?: string | null;
}

/** What came of it. */
export interface UndoReviewResponse {
  /** One for each hunk, in the same order. */
  outcomes: Array<HunkOutcome>;
}

/** Take a message back that waits for its turn. */
export interface UnqueueRequest {
  /** Which session. */
  sessionId: string;
  /** Which message, as `queue_update` named it. */
  promptId: string;
}

/** It is taken back; its `harness/session/prompt` is answered with `cancelled`. */
export type UnqueueResponse = Record<string, never>;

/** Whose usage to show. */
export interface UsageCommand {
  /** Which session; the workspace's current one, if absent. */
  sessionId?: string | null;
}

/** What a line of a bill is for: a turn, a model, a purpose (steps of turns, compactions), an agent, a service tier, a part of what went to and fro, or a tool, whose results went to the model. */
export type UsageKind = "turn" | "model" | "purpose" | "agent" | "tier" | "part" | "tool";

/** A line of a bill. The lines of one kind add up to the total, but for turns that are long over and for tools. */
export interface UsageLine {
  /** What it is for. */
  kind: UsageKind;
  /** Such as the model or the tool. Of a turn its id, empty for what was used between turns. */
  name: string;
  /** Its share. Of a tool `calls` counts the calls of the tool. */
  total: UsageTotal;
  /** Shared out by the bytes of what was sent: no service tells it exactly. */
  estimated: boolean;
}

/** What a session has used, beyond ACP's fields. `harness/usage/get` has all of it. */
export interface UsageNote {
  /** All tokens of the session, in and out. */
  tokens: number;
  /** The turn that the latest call was made in. */
  turnId?: string | null;
  /** All tokens of that turn. */
  turnTokens?: number | null;
  /** US dollars of that turn; absent where not known. */
  turnDollars?: string | null;
  /** Calls whose price is not known: `cost` is without them. */
  unpriced: number;
}

/** What model calls used together. What is unknown is absent or counted, never taken for nothing. */
export interface UsageTotal {
  /** How many calls. */
  calls: number;
  /** Their tokens, as far as the service told them. */
  tokens: TokenCounts;
  /** US dollars, a decimal number, of the calls whose price is known; absent where none is. */
  dollars?: string | null;
  /** Calls whose price is not known: `dollars` is without them. */
  unpriced: number;
  /** How long they took. */
  seconds: number;
}

/** What the session has used. After each model call. */
export interface UsageUpdate {
  /** The tag. */
  sessionUpdate: "usage_update";
  /** Tokens of the conversation, as the latest call measured it. */
  used: number;
  /** The model's context window in tokens; 0 where it is not known. */
  size: number;
  /** What the session has cost; absent where no price is known. */
  cost?: Cost | null;
  /** ACP's room for extensions: ours are in `harness`. */
  _meta?: UsageUpdateMeta | null;
}

/** `_meta` of `usage_update`. */
export interface UsageUpdateMeta {
  /** Ours. */
  harness: UsageNote;
}

/** A piece of what the person said; follows the `turn_started` of its turn. */
export interface UserMessageChunk {
  /** The tag. */
  sessionUpdate: "user_message_chunk";
  /** The piece. */
  content: ContentBlock;
  /** Which message it belongs to. */
  messageId?: string | null;
  /** ACP's room for extensions. Ignored, but for the keys documented here. */
  _meta?: Record<string, unknown> | null;
}

/** Every message by its method: the types of its params and of its result. */
export interface Methods {
  /** Open a session on a workspace. */
  "harness/session/new": { params: NewSessionRequest; result: NewSessionResponse };
  /** Open a session of an earlier time. Its history is sent again as `harness/session/update`, all of it before the response. Undecided hunks and open questions come back with the ids they had. */
  "harness/session/load": { params: LoadSessionRequest; result: LoadSessionResponse };
  /** List the sessions that can be loaded, a page at a time, the latest first. */
  "harness/session/list": { params: ListSessionsRequest; result: ListSessionsResponse };
  /** Close a session. A running turn is cancelled first. Its log stays, so it can be loaded again. */
  "harness/session/close": { params: CloseSessionRequest; result: CloseSessionResponse };
  /** Ask the agent to do something. Answered when the turn ends, which may take as long as a person takes to decide. A second prompt while a turn runs is refused with `busy`, or waits if it has `queue`: it is then a turn of its own, and is answered when that ends. `$/cancelRequest` on it, like `harness/session/cancel`, ends the turn, or takes back what waits; the answer is then `cancelled`, not an error. */
  "harness/session/prompt": { params: PromptRequest; result: PromptResponse };
  /** Cancel the running turn. The prompt is then answered with the stop reason `cancelled`; undecided hunks of the turn are withdrawn and open questions are closed as cancelled. */
  "harness/session/cancel": { params: CancelNotification; result: null };
  /** Tell the agent something while its turn runs: it joins at the next step, and comes back as `user_message_chunk`. Refused with `stale` where that turn is over: then it is a prompt of its own. */
  "harness/session/steer": { params: SteerRequest; result: SteerResponse };
  /** Take back a message that waits for its turn. Refused with `already_resolved` where it does not wait any more. */
  "harness/session/unqueue": { params: UnqueueRequest; result: UnqueueResponse };
  /** Make the conversation smaller, as is done by itself before the model's window is full: what the person said, what waits for them and the latest turns stay, the rest becomes a summary. The session's log keeps all of it. Told by the update `compacted`. */
  "harness/session/compact": { params: CompactRequest; result: CompactResponse };
  /** Set an option of a session. `review_policy` is `ask` or `keep`, and holds for what is proposed from then on; `keep` needs the capability `editorApply`, and is refused without it. `model` (any name that the service knows, in the list or not), `effort` and `fast` hold from the next model call on. */
  "harness/session/set_config_option": { params: SetSessionConfigOptionRequest; result: SetSessionConfigOptionResponse };
  /** Something happened in a session. Sent to clients with the capability `updates`, in order. What has a `seq` was in the session's log before it was sent. The kinds that ACP has are ACP's; `turn_started`, `turn_ended`, `hunk_update`, `approval_opened`, `approval_closed`, `note`, `retrying`, `model_switched`, `feature_lowered`, `compacted`, `budget_warning` and `queue_update` are ours. Pieces of a message that come fast are joined: the first goes at once, later ones wait for at most 33 ms. */
  "harness/session/update": { params: SessionNotification; result: null };
  /** List the hunks that wait, by place, with their decision, placement and fit. */
  "harness/review/list": { params: ListReviewRequest; result: ListReviewResponse };
  /** One hunk with the text that stands at its place and the ids of its proposal's hunks: what a preview needs. */
  "harness/review/get": { params: GetReviewRequest; result: GetReviewResponse };
  /** Decide hunks, lines of hunks, or hunks with another text. Accepted text goes into the open document by `harness/editor/apply`, or by `workspace/applyEdit` where the client does not declare that, one versioned edit a document, or to the closed file; the answer comes when the outcome is known. Under the policy `keep` the text stands already: accepting keeps it, rejecting undoes it. One decision that is refused does not stop the others. The first decision on a hunk wins. */
  "harness/review/decide": { params: DecideReviewRequest; result: DecideReviewResponse };
  /** Take hunks that stand out of the text again: accepted ones, and under the policy `keep` also kept ones. What the person wrote around them stays. A hunk on which a later one stands is `refused` and names it in `blockedBy`: ask again with all of them. */
  "harness/review/undo": { params: UndoReviewRequest; result: UndoReviewResponse };
  /** Remarks on hunks, without a decision. Those of one request reach the model together, as one note, before its next step. */
  "harness/review/comment": { params: CommentReviewRequest; result: CommentReviewResponse };
  /** Ask the person whether a tool call may run. Sent to clients with the capability `permissions`. The same question can be answered by `harness/permission/answer`, from this or another client: the first answer wins, and `$/cancelRequest` takes the request back from the others. Edits are never asked this way: they are reviewed hunk by hunk. */
  "harness/session/request_permission": { params: RequestPermissionRequest; result: RequestPermissionResponse };
  /** List the open questions, for instance after a restart of the editor. */
  "harness/permission/pending": { params: ListPendingRequest; result: ListPendingResponse };
  /** Answer an open question. An answer to one that is settled is refused with `already_resolved`; an answer that the question does not offer, with `invalid_params`. */
  "harness/permission/answer": { params: AnswerPermissionRequest; result: AnswerPermissionResponse };
  /** A question is in front of the person. Only while somebody has been shown a question does its deadline run. */
  "harness/editor/shown": { params: ShownNotification; result: null };
  /** Change one open document, as one undo step of its own. Sent to clients with the capability `editorApply`. The change is announced by `textDocument/didChange` as any other; the daemon looks at what stands then. */
  "harness/editor/apply": { params: ApplyEditorRequest; result: ApplyEditorResponse };
  /** Save open documents after an edit, so that commands see what was accepted. Sent to clients with the capability `editorSave`, for documents that the setting `save` names. */
  "harness/editor/save": { params: SaveEditorRequest; result: SaveEditorResponse };
  /** What a session's model calls have used and cost: the total, and its lines by turn, model, tool, agent and part. A price is fixed when the call is made; an unknown one stays unknown. */
  "harness/usage/get": { params: GetUsageRequest; result: GetUsageResponse };
  /** The models that are known, and what they cost. Nothing is asked of any service. */
  "harness/model/list": { params: ListModelsRequest; result: ListModelsResponse };
}

/** Every command of workspace/executeCommand: its one argument and the type of its result. */
export interface Commands {
  /** Ask the agent to do something. Answered as soon as the turn has begun, since some editors stand still while a command runs. */
  "harness.prompt": { arguments: [PromptCommand]; result: PromptStarted };
  /** Ask the agent about what is selected. The person is asked what by `window/showMessageRequest`, out of a few fixed choices, or, of a model that can't be asked anything, out of the refactorings that fit the selection; a client with an input of its own takes the command over and sends `harness.prompt`. */
  "harness.askHere": { arguments: [AskHereCommand]; result: AskHereResult };
  /** Ask the agent to refactor. A new name or a module that is wanted and not given is asked for by `window/showMessageRequest`, which has a few to choose from, and a choice that puts a comment `agent: rename old to ` above the line, to be completed; a client with an input of its own takes the command over and sends it again with what was missing. */
  "harness.refactor": { arguments: [RefactorCommand]; result: AskHereResult };
  /** Accept a hunk: its text is applied and seen to stand before the answer. Under the policy `keep`: keep it. */
  "harness.accept": { arguments: [HunkCommand]; result: DecideReviewResponse };
  /** Reject a hunk, or dismiss a stale one. Under the policy `keep`: undo it. */
  "harness.reject": { arguments: [RejectCommand]; result: DecideReviewResponse };
  /** Reject a hunk, and be asked why by `window/showMessageRequest`. No choice, no rejection. */
  "harness.rejectWithReason": { arguments: [HunkCommand]; result: DecideReviewResponse };
  /** Accept a stale hunk over what stands at its place now. `decidedId` is the new hunk that this makes. */
  "harness.applyAnyway": { arguments: [HunkCommand]; result: DecideReviewResponse };
  /** Take a hunk that stands out of the text again. Where later ones stand on it the person is asked by `window/showMessageRequest` whether to undo them together. */
  "harness.undo": { arguments: [HunkCommand]; result: DecideReviewResponse };
  /** Accept every undecided hunk of a file that fits, in one edit. */
  "harness.acceptFile": { arguments: [FileCommand]; result: DecideReviewResponse };
  /** Reject every undecided hunk of a file. */
  "harness.rejectFile": { arguments: [FileCommand]; result: DecideReviewResponse };
  /** Show a hunk: `window/showDocument` at its place where the client has that, and its old and new text. */
  "harness.show": { arguments: [HunkCommand]; result: null };
  /** Go to the next undecided hunk: in the document, then in the other ones, then from the start. */
  "harness.next": { arguments: [NextCommand]; result: NextHunk };
  /** Cancel the running turn, as the notification does. */
  "harness.cancel": { arguments: [CancelCommand]; result: null };
  /** Tell the agent something while it works: it joins at the next step. Whether it was in time is said by `window/showMessage`. */
  "harness.steer": { arguments: [SteerCommand]; result: SteerResult };
  /** Make the conversation smaller for the model, as `harness/session/compact` does. What came of it is said by `window/showMessage`. */
  "harness.compact": { arguments: [CompactCommand]; result: CompactResponse };
  /** Say what the session has used and cost, in one line by `window/showMessage`; the answer has all of it. */
  "harness.usage": { arguments: [UsageCommand]; result: GetUsageResponse };
}

export type ClientRequest = "harness/session/new" | "harness/session/load" | "harness/session/list" | "harness/session/close" | "harness/session/prompt" | "harness/session/steer" | "harness/session/unqueue" | "harness/session/compact" | "harness/session/set_config_option" | "harness/review/list" | "harness/review/get" | "harness/review/decide" | "harness/review/undo" | "harness/review/comment" | "harness/permission/pending" | "harness/permission/answer" | "harness/usage/get" | "harness/model/list";

export type ClientNotification = "harness/session/cancel" | "harness/editor/shown";

export type ServerRequest = "harness/session/request_permission" | "harness/editor/apply" | "harness/editor/save";

export type ServerNotification = "harness/session/update";
