/** All that is known of a question, as Markdown. Knows no editor. */

import type { ApprovalView, RequestPermissionRequest, ToolCallContent } from "../protocol/generated";

/** A fence that the text can't end: longer than any run of backticks in it. */
function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text.replace(/\n$/, "")}\n${fence}`;
}

function contentOf(content: ToolCallContent): string[] {
  if (content.type === "diff") {
    return [`\`${content.path}\` would be:`, fenced(content.newText, "")];
  }
  return content.content.type === "text" ? [fenced(content.content.text, "")] : [];
}

function argumentsOf(input: unknown): string[] {
  const none = input === undefined || input === null;
  return none ? [] : ["Its arguments:", fenced(JSON.stringify(input, null, 2), "json")];
}

/** What would run, what it would touch, why it is asked, and the arguments as they are. */
export function detailOf({ toolCall, _meta }: RequestPermissionRequest, approval: ApprovalView | undefined): string {
  const why = _meta?.harness.why ?? approval?.why;
  const touches = approval?.touches ?? [];
  const parts = [
    `# ${toolCall.title ?? "A tool"}`,
    ...(why ? [`Why you are asked: ${why}`] : []),
    ...(touches.length > 0 ? ["It would touch:", touches.map((one) => `- ${one}`).join("\n")] : []),
    ...(toolCall.content ?? []).flatMap(contentOf),
    ...argumentsOf(toolCall.rawInput),
  ];
  return `${parts.join("\n\n")}\n`;
}
