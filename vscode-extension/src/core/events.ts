/** The smallest event source: the parts that know no editor have one too. */

export interface Disposable {
  dispose(): void;
}

export class Signal<T> {
  private readonly listeners = new Set<(value: T) => void>();

  /** Call `listener` with each value that is sent, until disposed. */
  readonly on = (listener: (value: T) => void): Disposable => {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  };

  /** Tell every listener. */
  send(value: T): void {
    for (const listener of [...this.listeners]) {
      listener(value);
    }
  }
}
