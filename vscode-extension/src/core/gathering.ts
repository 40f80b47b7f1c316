/** Telling many small changes together, so that views work once for all of them. */

import type { Disposable } from "./events";

export class Gathering implements Disposable {
  private gathered = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  /** @param tell is called with all that was added, `waitMs` after the first of it. */
  constructor(
    private readonly waitMs: number,
    private readonly tell: (all: ReadonlySet<string>) => void,
  ) {}

  add(all: Iterable<string>): void {
    for (const one of all) {
      this.gathered.add(one);
    }
    if (this.gathered.size > 0) {
      this.timer ??= setTimeout(() => this.tellNow(), this.waitMs);
    }
  }

  dispose(): void {
    clearTimeout(this.timer);
  }

  private tellNow(): void {
    const all = this.gathered;
    this.gathered = new Set();
    this.timer = undefined;
    this.tell(all);
  }
}
