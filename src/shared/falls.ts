// Where a recovery curve falls, and in which classes: a fall is told, not smoothed away.
import type { CurvePoint } from './runs.ts';

export interface Fall {
  /** Decisions before and after it. */
  from: number;
  to: number;
  /** The change of accuracy, below 0. */
  change: number;
  /** The classes that lost test images, the most first: how many fewer are right. */
  classes: { classId: number; lost: number }[];
}

/** Each step of the curve at which fewer test images are right than at the step before. */
export function findFalls(points: readonly Pick<CurvePoint, 'decisions' | 'accuracy' | 'correct'>[]): Fall[] {
  return points.slice(1).flatMap((point, place) => {
    const before = points[place]!;
    const change = point.accuracy.value - before.accuracy.value;
    if (change >= 0) return [];
    const classes = point.correct
      .map((correct, index) => ({ classId: index + 1, lost: before.correct[index]! - correct }))
      .filter(({ lost }) => lost > 0)
      .sort((a, b) => b.lost - a.lost);
    return [{ from: before.decisions, to: point.decisions, change, classes }];
  });
}

/** In English, for the command line and the report. */
export function describeFall({ from, to, change, classes }: Fall, nameOf: (classId: number) => string): string {
  const named = classes.slice(0, 3).map(({ classId, lost }) => `${nameOf(classId)} (${lost})`);
  return `from ${from} to ${to} decisions accuracy fell by ${(-change * 100).toFixed(1)} points; fewer test images are right in ${named.join(', ')}`;
}
