/** Finding the daemon's program before it is started, so that its absence can be said plainly. */

import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";

async function runnable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false; // not there, or not for us: either way it can't be started
  }
}

/** Every path that a program's name may mean. */
function candidates(program: string, env: Readonly<Record<string, string | undefined>>, cwd: string): string[] {
  const endings = process.platform === "win32" ? ["", ...(env.PATHEXT ?? ".EXE;.CMD;.BAT").split(";")] : [""];
  const path = (env.PATH ?? env.Path ?? "").split(delimiter).filter(Boolean);
  const folders = /[\\/]/.test(program) ? [cwd] : path;
  const paths = isAbsolute(program) ? [program] : folders.map((folder) => join(folder, program));
  return paths.flatMap((one) => endings.map((ending) => one + ending));
}

/** The absolute path of a program, or undefined. A name with a folder in it is looked up from `cwd`. */
export async function findProgram(
  program: string,
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): Promise<string | undefined> {
  for (const candidate of candidates(program, env, cwd)) {
    if (await runnable(candidate)) {
      return candidate;
    }
  }
  return undefined;
}
