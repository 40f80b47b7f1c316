/** Names and places in code, as a person types them. */

const LONGEST_NAME = 200;
const LONGEST_PATH = 1000;

/** A program's name, of the languages that can be refactored: letters, digits, `_`, and `$` where it is a letter. */
const PYTHON_NAME = /^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*$/u;
const SCRIPT_NAME = /^[\p{L}\p{Nl}_$][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}$]*$/u;

const PYTHON_WORDS =
  "False None True and as assert async await break class continue def del elif else except finally for from global if " +
  "import in is lambda nonlocal not or pass raise return try while with yield";
const SCRIPT_WORDS =
  "await break case catch class const continue debugger default delete do else enum export extends false finally for " +
  "function if implements import in instanceof interface let new null package private protected public return static " +
  "super switch this throw true try typeof undefined var void while with yield";

/** What is wrong with a new name for a file's code; nothing where it is one. */
export function wrongName(text: string, old: string, python: boolean): string | undefined {
  const name = text.trim();
  if (name === "") {
    return "Type the new name.";
  }
  if (name === old) {
    return "That is its name now.";
  }
  if ((python ? PYTHON_WORDS : SCRIPT_WORDS).split(" ").includes(name)) {
    return `“${name}” is a word of the language.`;
  }
  return name.length <= LONGEST_NAME && (python ? PYTHON_NAME : SCRIPT_NAME).test(name)
    ? undefined
    : `“${name}” is no name: letters, digits and _ only, and no digit first.`;
}

/** What is wrong with the path of a Python module in the workspace; nothing where it is one. */
export function wrongModule(text: string): string | undefined {
  const path = text.trim();
  if (!path.endsWith(".py") || path.length > LONGEST_PATH || /[`\p{Cc}]/u.test(path)) {
    return "Type the path of a Python file, such as shop/prices.py. It may be a new one.";
  }
  return /^(?:[\\/]|[A-Za-z]:)|(?:^|[\\/])\.\.(?:[\\/]|$)/.test(path)
    ? "Type a path inside the workspace folder, without “..”."
    : undefined;
}
