const EACH_MS = 30_000;

/** One timer for all that shows how long ago something was; it stands still while nothing does. */
class HalfMinutes {
  private readonly listeners = new Set<() => void>();
  private count = 0;
  private timer: ReturnType<typeof setInterval> | undefined;

  get = (): number => this.count;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    this.timer ??= setInterval(this.tick, EACH_MS);
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size > 0) return;
      clearInterval(this.timer);
      this.timer = undefined;
    };
  };

  private readonly tick = (): void => {
    this.count += 1;
    this.listeners.forEach((listener) => {
      listener();
    });
  };
}

export const halfMinutes = new HalfMinutes();
