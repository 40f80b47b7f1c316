/** When a daemon that died is started again, and when not any more. */

/** Deaths within this time count together. */
const WINDOW_MS = 3 * 60_000;
const FIRST_MS = 500;

/** So many deaths in a row are made good; the next one is not. */
export const MOST_RESTARTS = 5;

export class Backoff {
  private deaths: number[] = [];

  /** How long to wait before the next start, and which it is; undefined: give up. `now` in milliseconds. */
  next(now: number): { readonly waitMs: number; readonly attempt: number } | undefined {
    this.deaths = [...this.deaths.filter((at) => now - at < WINDOW_MS), now];
    const attempt = this.deaths.length;
    return attempt > MOST_RESTARTS ? undefined : { waitMs: FIRST_MS * 2 ** (attempt - 1), attempt };
  }

  /** A person started it anew: count from zero. */
  reset(): void {
    this.deaths = [];
  }
}
