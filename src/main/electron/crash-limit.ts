/**
 * Says whether something that crashed may be started again: `mostCrashes` times within `periodMs`, then no more, so
 * that a crash at start-up does not go on for ever.
 */
export function createCrashLimit(mostCrashes: number, periodMs: number): { mayRestart(): boolean } {
  let crashes: number[] = [];
  return {
    mayRestart() {
      const now = performance.now();
      crashes = [...crashes.filter((at) => now - at < periodMs), now];
      return crashes.length <= mostCrashes;
    },
  };
}
