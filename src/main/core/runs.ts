// Runs: what the head scores on the test split after each fit, and how two of them compare.
import type { PairedTest, Proportion, Recovery, Run } from '../../shared/domain.ts';
import { AppError } from '../../shared/errors.ts';
import type { StoredRun } from '../store/run-table.ts';
import { requireModel, type Project } from './project.ts';
import { mcNemarExact, wilsonInterval } from './statistics.ts';

export interface RunComparison {
  pairedTest: PairedTest;
}

/** Runs of the current model under the lambda of its newest fit, in the order in which they were made. */
export function listRuns(project: Project): Run[] {
  return comparableRuns(project).map(toRun);
}

export function readRecovery(project: Project): Recovery {
  const stored = comparableRuns(project);
  const first = stored[0];
  const last = stored.at(-1);
  return {
    runs: stored.map(toRun),
    pairedTest: first && last && first !== last ? pairedTestOf(first, last) : null,
  };
}

/** Throws 'not-found' for a run that is not one of the current model's. */
export function compareRuns(project: Project, beforeId: number, afterId: number): RunComparison {
  const runs = comparableRuns(project);
  const find = (id: number) => {
    const run = runs.find((each) => each.id === id);
    if (!run) throw new AppError('not-found', `There is no run ${id} of the current model.`);
    return run;
  };
  return { pairedTest: pairedTestOf(find(beforeId), find(afterId)) };
}

/** Another lambda is another experiment: its accuracy would mix the effect of lambda with that of the labels. */
function comparableRuns({ store, ...project }: Project): StoredRun[] {
  const modelId = requireModel({ store, ...project }).id;
  const fit = store.fits.latest(modelId);
  return store.runs
    .ofModel(modelId)
    .filter((run) => run.lambda === fit?.lambda && run.featureScale === fit.featureScale);
}

function toRun(stored: StoredRun): Run {
  const perClass = new Map<number, { images: number; correct: number }>();
  let correct = 0;
  stored.testClassIds.forEach((classId, index) => {
    const isRight = stored.predictedClassIds[index] === classId;
    const counts = perClass.get(classId) ?? { images: 0, correct: 0 };
    perClass.set(classId, { images: counts.images + 1, correct: counts.correct + Number(isRight) });
    correct += Number(isRight);
  });
  const testImages = stored.testImageIds.length;
  return {
    id: stored.id,
    fitId: stored.fitId,
    createdAt: stored.createdAt,
    decisions: stored.decisions,
    changedLabels: stored.changedLabels,
    testImages,
    accuracy: proportion(correct, testImages),
    perClass: [...perClass].map(([classId, counts]) => ({ classId, ...counts })).sort((a, b) => a.classId - b.classId),
    lambda: stored.lambda,
    certificate: stored.certificate,
    provider: stored.provider ?? 'cpu',
    seconds: stored.seconds,
  };
}

const proportion = (count: number, total: number): Proportion => ({
  value: count / total,
  interval: wilsonInterval(count, total),
});

/** On the test images that both runs judged, by the label that each run was measured with. */
function pairedTestOf(before: StoredRun, after: StoredRun): PairedTest {
  const wasRight = new Map<number, boolean>();
  before.testImageIds.forEach((imageId, index) =>
    wasRight.set(imageId, before.predictedClassIds[index] === before.testClassIds[index]),
  );
  let turnedRight = 0;
  let turnedWrong = 0;
  after.testImageIds.forEach((imageId, index) => {
    const isRight = after.predictedClassIds[index] === after.testClassIds[index];
    if (wasRight.get(imageId) === false && isRight) turnedRight += 1;
    if (wasRight.get(imageId) === true && !isRight) turnedWrong += 1;
  });
  return { turnedRight, turnedWrong, pValue: mcNemarExact(turnedRight, turnedWrong) };
}
