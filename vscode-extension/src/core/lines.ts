/** Texts as lists of lines. Lines keep their endings; spans count lines from 0 and are half open. */

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A piece of text that takes the place of the lines of a span. */
export interface Piece {
  readonly span: Span;
  readonly text: string;
}

/** The lines of a text, each with its line ending. A text that ends with one has no empty line after it. */
export function splitLines(text: string): string[] {
  return text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? [];
}

/** How many lines a text has; 0 for an empty one. */
export function countLines(text: string): number {
  return splitLines(text).length;
}

/** The whole lines of a range. */
export function spanOf(range: { start: { line: number }; end: { line: number; character: number } }): Span {
  const end = range.end.character > 0 ? range.end.line + 1 : range.end.line;
  return { start: range.start.line, end: Math.max(range.start.line, end) };
}

/** Whether two texts are the same but for the kind of their line endings. */
export function sameText(one: string, other: string): boolean {
  return one === other || one.replace(/\r\n?/g, "\n") === other.replace(/\r\n?/g, "\n");
}

/** Whether two spans have a line in common; an empty one counts as the line that it stands before. */
export function meets(one: Span, other: Span): boolean {
  return one.start < Math.max(other.end, other.start + 1) && other.start < Math.max(one.end, one.start + 1);
}

/** The text with the pieces in place, and where they stand in it. They must rise and not overlap. */
export function replaceLines(text: string, pieces: readonly Piece[]): { text: string; spans: Span[] } {
  const lines = splitLines(text);
  const parts: string[] = [];
  const spans: Span[] = [];
  let from = 0;
  let count = 0;
  const put = (some: readonly string[]): void => {
    parts.push(some.join(""));
    count += some.length;
  };
  for (const piece of pieces) {
    put(lines.slice(from, piece.span.start));
    const start = count;
    put(splitLines(piece.text));
    spans.push({ start, end: count });
    from = piece.span.end;
  }
  put(lines.slice(from));
  return { text: parts.join(""), spans };
}
