/** How fast a job goes, from the last half minute, so that a slow start is forgotten. */
export interface Rate {
  /** `done` of `total`; with another total it counts anew, so that what a job finds done already is not its pace. */
  add(done: number, total: number | null): void;
  /** null until there is enough to tell. */
  perSecond(): number | null;
  /** null in the first five seconds of the count: an early guess is a wrong promise, and a job may have waited long. */
  secondsLeft(total: number): number | null;
}

const windowMs = 30_000;
const silentMs = 5_000;

/** `now` is in milliseconds. */
export function createRate(now: () => number = Date.now): Rate {
  let startedAt = now();
  const points: { at: number; done: number }[] = [];
  let currentTotal: number | null = null;
  const perSecond = () => {
    const first = points[0];
    const last = points.at(-1);
    if (!first || !last || last.at === first.at || last.done <= first.done) return null;
    return ((last.done - first.done) / (last.at - first.at)) * 1000;
  };
  return {
    add(done, total) {
      const at = now();
      if (total !== currentTotal || done < (points.at(-1)?.done ?? 0)) points.length = 0;
      if (total !== currentTotal) startedAt = at;
      currentTotal = total;
      points.push({ at, done });
      while (points.length > 2 && at - points[0]!.at > windowMs) points.shift();
    },
    perSecond,
    secondsLeft(total) {
      const rate = perSecond();
      const done = points.at(-1)?.done ?? 0;
      return rate === null || now() - startedAt < silentMs ? null : Math.max(0, (total - done) / rate);
    },
  };
}
