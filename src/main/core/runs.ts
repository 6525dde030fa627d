// Runs: what the head scores on the test split after each fit, and how two of them compare.
import type { Proportion, Recovery, Run, RunComparison, TurnedImage } from '../../shared/runs.ts';
import { tell } from '../../shared/told.ts';
import { contentKeyOf } from '../../shared/media-url.ts';
import { wilsonInterval } from '../../shared/wilson.ts';
import type { StoredRun } from '../store/run-table.ts';
import { requireModel, type Project } from './project.ts';
import { readCurve } from './recovery.ts';
import { bootstrapDifference, mcNemarExact } from './statistics.ts';
import { readChanges } from './training-set.ts';

/** Test images that a comparison names; each is a line on the screen. */
const mostTurned = 2000;

/** Runs of the current model under the lambda of its newest fit, in the order in which they were made. */
export function listRuns(project: Project): Run[] {
  return comparableRuns(project).map((run) => toRun(project, run));
}

export function readRecovery(project: Project): Recovery {
  const stored = comparableRuns(project);
  const first = stored[0];
  const last = stored.at(-1);
  const difference = first && last && first !== last ? testPairs(pairUp(first, last)) : null;
  return {
    runs: stored.map((run) => toRun(project, run)),
    otherRuns: project.store.runs.countOfModel(requireModel(project).id) - stored.length,
    pairedTest: difference?.pairedTest ?? null,
    difference: difference?.difference ?? null,
    secondsSpent: project.store.decisions.secondsSpent(),
    ...readCurve(project),
  };
}

/** A run of the current model. Throws 'not-found' for any other. */
export function requireRun(project: Project, id: number): StoredRun {
  const run = project.store.runs.ofModel(requireModel(project).id).find((each) => each.id === id);
  if (!run) throw tell('not-found', 'no-run', { run: id });
  return run;
}

/** Throws 'not-found' for a run that is not one of the current model's. */
export function compareRuns(project: Project, beforeId: number, afterId: number): RunComparison {
  const { store } = project;
  const before = requireRun(project, beforeId);
  const after = requireRun(project, afterId);
  const pairs = pairUp(before, after);
  const perClass = new Map<number, RunComparison['perClass'][number]>();
  const turned: [right: Pair[], wrong: Pair[]] = [[], []];
  for (const pair of pairs) {
    const { classId } = pair;
    const counts = perClass.get(classId) ?? { classId, images: 0, turnedRight: 0, turnedWrong: 0 };
    perClass.set(classId, counts);
    counts.images += 1;
    if (turnOf(pair) > 0) counts.turnedRight += 1;
    if (turnOf(pair) < 0) counts.turnedWrong += 1;
    if (turnOf(pair) !== 0) turned[turnOf(pair) > 0 ? 0 : 1].push(pair);
  }
  const toTurned = (pair: Pair): TurnedImage => {
    const { path, sha256 } = store.images.find(pair.imageId)!;
    return { ...pair, path, contentKey: contentKeyOf(sha256) };
  };
  return {
    beforeId,
    afterId,
    ...testPairs(pairs),
    changedLabels: readChanges(project, before, after).length,
    perClass: [...perClass.values()].sort((a, b) => a.classId - b.classId),
    turned: turned.flat().slice(0, mostTurned).map(toTurned),
  };
}

/** Whether two runs differ by more than chance. Throws 'not-found' for a run that is not one of the current model's. */
export const testDifference = (project: Project, beforeId: number, afterId: number) =>
  testPairs(pairUp(requireRun(project, beforeId), requireRun(project, afterId)));

/** Another lambda is another experiment: its accuracy would mix the effect of lambda with that of the labels. */
function comparableRuns({ store, ...project }: Project): StoredRun[] {
  const modelId = requireModel({ store, ...project }).id;
  const fit = store.fits.latest(modelId);
  return store.runs
    .ofModel(modelId)
    .filter((run) => run.lambda === fit?.lambda && run.featureScale === fit.featureScale);
}

function toRun(project: Project, stored: StoredRun): Run {
  const perClass = countClasses(stored);
  const correct = perClass.reduce((sum, each) => sum + each.correct, 0);
  const testImages = stored.testImageIds.length;
  const { path, sha256, description } = project.store.models.find(stored.modelId)!;
  return {
    id: stored.id,
    fitId: stored.fitId,
    createdAt: stored.createdAt,
    decisions: stored.decisions,
    changedLabels: stored.changedLabels,
    testImages,
    accuracy: proportion(correct, testImages),
    balancedAccuracy: balancedOf(perClass),
    perClass,
    lambda: stored.lambda,
    certificate: stored.certificate,
    provider: stored.provider ?? 'cpu',
    seconds: stored.seconds,
    record: {
      labelsRevision: stored.labelsRevision,
      model: { name: path.split(/[\\/]/).at(-1) ?? path, sha256, preprocessing: description.preprocessing },
      lambdaChosen: stored.lambdaChosen,
      featureScale: stored.featureScale,
      tolerance: stored.tolerance,
      startFitId: stored.startFitId,
      versions: stored.versions,
    },
  };
}

/** Of the classes that occur, in order of class id. */
export function countClasses({
  testClassIds,
  predictedClassIds,
}: Pick<StoredRun, 'testClassIds' | 'predictedClassIds'>): Run['perClass'] {
  const perClass = new Map<number, Run['perClass'][number]>();
  const of = (classId: number) => {
    const counts = perClass.get(classId) ?? { classId, images: 0, correct: 0, predicted: 0 };
    perClass.set(classId, counts);
    return counts;
  };
  testClassIds.forEach((classId, index) => {
    const predicted = predictedClassIds[index]!;
    of(classId).images += 1;
    of(predicted).predicted += 1;
    if (predicted === classId) of(classId).correct += 1;
  });
  return [...perClass.values()].sort((a, b) => a.classId - b.classId);
}

function balancedOf(perClass: Run['perClass']): number {
  const tested = perClass.filter(({ images }) => images > 0);
  return tested.reduce((sum, { correct, images }) => sum + correct / images, 0) / tested.length;
}

export const proportion = (count: number, total: number): Proportion => ({
  value: count / total,
  interval: wilsonInterval(count, total),
});

/** A test image that two runs judged. */
interface Pair {
  imageId: number;
  classId: number;
  beforeClassId: number;
  afterClassId: number;
}

/** 1 where it turned right, -1 where it turned wrong. */
const turnOf = ({ classId, beforeClassId, afterClassId }: Pair): number =>
  Number(afterClassId === classId) - Number(beforeClassId === classId);

function pairUp(before: StoredRun, after: StoredRun): Pair[] {
  const predicted = new Map<number, number>();
  before.testImageIds.forEach((imageId, index) => predicted.set(imageId, before.predictedClassIds[index]!));
  return [...after.testImageIds].flatMap((imageId, index) => {
    const beforeClassId = predicted.get(imageId);
    if (beforeClassId === undefined) return [];
    const classId = after.testClassIds[index]!;
    return [{ imageId, classId, beforeClassId, afterClassId: after.predictedClassIds[index]! }];
  });
}

/** Both runs saw the same images, so those are drawn in pairs. */
function testPairs(pairs: readonly Pair[]): Pick<RunComparison, 'pairedTest' | 'difference'> {
  const turnedRight = pairs.filter((pair) => turnOf(pair) > 0).length;
  const turnedWrong = pairs.filter((pair) => turnOf(pair) < 0).length;
  return {
    pairedTest: { turnedRight, turnedWrong, pValue: mcNemarExact(turnedRight, turnedWrong) },
    difference: {
      value: pairs.length === 0 ? 0 : (turnedRight - turnedWrong) / pairs.length,
      interval: bootstrapDifference(pairs.length, turnedRight, turnedWrong),
    },
  };
}
