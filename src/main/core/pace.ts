// How a review goes: share of decisions that changed a label, and decisions an hour.
import type { DecisionGroup } from '../store/decision-table.ts';

const hitWindow = 50;
const paceWindowMs = 10 * 60_000;
/** A longer gap is a break, and a break is not work. */
const longestGapMs = 60_000;
const fewestForPace = 10;

/**
 * Share of the last 50 decisions that changed the label, 0 to 1, and of the 50 before them; null where there are none, and
 * for the second where there are not so many: a group that was decided at once is not taken apart.
 */
export function hitRatesOf(standing: readonly DecisionGroup[]): [last: number | null, before: number | null] {
  let i = standing.length - 1;
  const rateOf = (fewest: number): number | null => {
    let images = 0;
    let changes = 0;
    for (; i >= 0 && images < hitWindow; i--) {
      images += standing[i]!.images;
      changes += standing[i]!.changes;
    }
    return images < fewest ? null : changes / images;
  };
  return [rateOf(1), rateOf(hitWindow)];
}

/** Images decided an hour over the last ten minutes of work, breaks left out; null before the tenth decision. */
export function pacePerHourOf(standing: readonly DecisionGroup[]): number | null {
  let images = 0;
  let workedMs = 0;
  for (let i = standing.length - 1; i > 0 && workedMs < paceWindowMs; i--) {
    const gapMs = standing[i]!.at - standing[i - 1]!.at;
    if (gapMs > longestGapMs) continue;
    images += standing[i]!.images;
    workedMs += gapMs;
  }
  return images < fewestForPace || workedMs === 0 ? null : (images / workedMs) * 3_600_000;
}

/** Median seconds from seeing an image to deciding it, over the last 50 timed decisions; null before the first. */
export function secondsPerDecisionOf(standing: readonly DecisionGroup[]): number | null {
  const spent: number[] = [];
  for (let i = standing.length - 1; i >= 0 && spent.length < hitWindow; i--) {
    const { spentMs, images } = standing[i]!;
    if (spentMs !== null) spent.push(spentMs / images);
  }
  spent.sort((a, b) => a - b);
  const middle = spent[Math.floor(spent.length / 2)];
  return middle === undefined ? null : middle / 1000;
}
