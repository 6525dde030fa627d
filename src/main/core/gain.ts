// What the next reviews should gain in test accuracy, at the rate of the runs so far.
import type { ErrorsLeft, ExpectedGain } from '../../shared/ranking.ts';
import type { Project } from './project.ts';
import { listRuns, testDifference } from './runs.ts';

/** Fewer changed labels between two runs say nothing of what one is worth. */
const fewestChanged = 20;

/**
 * The difference of the last run from the first, a changed label, times the wrong labels that the next hundred reviews
 * should find; the interval is that difference's. Null before two runs far enough apart. It takes the next corrections to
 * be worth what those so far were: where the queue works they are worth less, so it is an upper guess and is said as a rate.
 */
export function expectGain(project: Project, estimate: ErrorsLeft | null): ExpectedGain | null {
  if (!estimate || project.store.project.read().modelId === null) return null;
  const runs = listRuns(project);
  const [first, last] = [runs[0], runs.at(-1)];
  const changed = (last?.changedLabels ?? 0) - (first?.changedLabels ?? 0);
  if (!first || !last || changed < fewestChanged) return null;
  const { value, interval } = testDifference(project, first.id, last.id).difference;
  const scale = (share: number) => (share / changed) * estimate.next.value;
  return { value: scale(value), interval: [scale(interval[0]), scale(interval[1])] };
}
