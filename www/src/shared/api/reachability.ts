import { useSyncExternalStore } from 'react';

/** Whether Holdfast answered the last time that it was asked. */
class Reachability {
  private readonly listeners = new Set<() => void>();
  private isReachable = true;

  get = (): boolean => this.isReachable;

  set(value: boolean): void {
    if (value === this.isReachable) return;
    this.isReachable = value;
    this.listeners.forEach((listener) => {
      listener();
    });
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
}

export const reachability = new Reachability();

export function useReachable(): boolean {
  return useSyncExternalStore(reachability.subscribe, reachability.get);
}
