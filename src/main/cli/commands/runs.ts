import { basename, dirname, resolve } from 'node:path';
import type { ReportResult } from '../../core/report.ts';
import type { LabelClass } from '../../../shared/labels.ts';
import type {
  Recovery,
  RecoveryCurve,
  Reproduction,
  Run,
  RunCauses,
  RunComparison,
  RunMeasures,
} from '../../../shared/runs.ts';
import { describeLeftOut } from '../../../shared/experiment.ts';
import { describeFall, findFalls } from '../../../shared/falls.ts';
import { toClean, toSteps } from '../../../shared/recovery-steps.ts';
import { AppError } from '../../../shared/errors.ts';
import { wrongUsage } from '../options.ts';
import type { Answer } from '../program.ts';
import type { Session } from '../session.ts';
import { percent, toTable } from '../table.ts';

export interface RunsOptions {
  measure?: number;
  compare?: number[];
  image?: string;
  reproduce?: number;
  recovery?: boolean;
  class?: string;
  steps: number;
  orders: number;
  truth?: string;
}

export interface ReportOptions {
  out: string;
  format: 'html' | 'json';
}

export async function report(session: Session, project: string, { out, format }: ReportOptions): Promise<Answer> {
  await session.open(project);
  const params = { format, folder: await session.place(dirname(resolve(out))), name: basename(out) };
  const result = await session.run<ReportResult>({ kind: 'report', params });
  return { json: result, lines: [`written: ${result.written}, ${result.runs} runs, ${result.examples} examples`] };
}

type Interval = readonly [number, number];

export async function runs(session: Session, project: string, options: RunsOptions): Promise<Answer> {
  const { measure, compare, image, reproduce, recovery, class: className, steps, orders, truth } = options;
  if (compare && compare.length !== 2) throw wrongUsage('Name two runs to compare, as in --compare 1,4.');
  await session.open(project);
  if (measure !== undefined) return describeMeasures(session, await session.call('runs.measure', { runId: measure }));
  if (reproduce !== undefined)
    return describeReproduction(await session.run({ kind: 'reproduce', params: { runId: reproduce } }));
  if (compare) {
    const [beforeId, afterId] = compare as [number, number];
    const two = { beforeId, afterId };
    if (image === undefined) return describeComparison(session, await session.call('runs.compare', two));
    const { imageId } = await session.call('images.find', { path: image });
    return describeCauses(session, image, await session.call('runs.causes', { ...two, imageId }));
  }
  if (recovery) {
    const place = truth === undefined ? {} : { truth: await session.place(truth) };
    const tested = className === undefined ? null : await findTestedClass(session, className);
    const curve = await session.run<RecoveryCurve>({ kind: 'recovery', params: { steps, orders, ...place } });
    return describeCurve(session, curve, tested);
  }
  return describeRuns(await session.call('runs.recovery', {}));
}

function describeRuns({ runs: list, otherRuns }: Recovery): Answer {
  return {
    json: { runs: list, otherRuns },
    lines: [
      ...toTable(
        ['run', 'decisions', 'changed', 'test accuracy', 'balanced', 'lambda', 'certificate', 'made at'],
        list.map((run) => [
          String(run.id),
          String(run.decisions),
          String(run.changedLabels),
          describeAccuracy(run),
          percent(run.balancedAccuracy),
          String(run.lambda),
          run.certificate.maxLogitError.toPrecision(2),
          new Date(run.createdAt).toISOString(),
        ]),
      ),
      ...(otherRuns === 0 ? [] : [`not listed: ${otherRuns} under another lambda or feature scale`]),
    ],
  };
}

async function describeMeasures(session: Session, measures: RunMeasures): Promise<Answer> {
  const nameOf = await readNames(session);
  const { runId, balancedAccuracy, logLoss, calibrationError, perClass, reliability, confusion } = measures;
  const share = (measured: { value: number; interval: Interval } | null) =>
    measured ? `${percent(measured.value)} (${describeInterval(measured.interval)})` : '-';
  return {
    json: { ...measures, classes: (await session.call('classes.list', {})).map(({ name }) => name) },
    lines: [
      `run ${runId}: balanced accuracy ${share(balancedAccuracy)}`,
      `log-loss ${logLoss.value.toFixed(4)} (${logLoss.interval.map((end) => end.toFixed(4)).join(' to ')}), calibration error ${share(calibrationError)}`,
      ...toTable(
        ['class', 'recall', 'precision'],
        perClass.map(({ classId, recall, precision }) => [nameOf(classId), share(recall), share(precision)]),
      ),
      ...toTable(
        ['probability', 'images', 'mean', 'right'],
        reliability.map(({ from, to, images, confidence, accuracy }) => [
          `${from.toFixed(1)} to ${to.toFixed(1)}`,
          String(images),
          percent(confidence),
          share(accuracy),
        ]),
      ),
      ...toTable(
        ['label', 'predicted', 'test images'],
        confusion
          .filter(({ classId, predictedClassId }) => classId !== predictedClassId)
          .sort((a, b) => b.images - a.images)
          .slice(0, 20)
          .map(({ classId, predictedClassId, images }) => [nameOf(classId), nameOf(predictedClassId), String(images)]),
      ),
    ],
  };
}

async function describeComparison(session: Session, comparison: RunComparison): Promise<Answer> {
  const nameOf = await readNames(session);
  const { beforeId, afterId, pairedTest, difference, changedLabels, perClass, turned } = comparison;
  return {
    json: comparison,
    lines: [
      `run ${beforeId} to run ${afterId}: ${points(difference.value)} points (${difference.interval.map(points).join(' to ')}), ${changedLabels} train labels changed`,
      `${pairedTest.turnedRight} test images turned right, ${pairedTest.turnedWrong} wrong (McNemar exact p = ${pairedTest.pValue.toPrecision(3)})`,
      ...toTable(
        ['class', 'test images', 'turned right', 'turned wrong'],
        perClass.map(({ classId, images, turnedRight, turnedWrong }) => [
          nameOf(classId),
          String(images),
          String(turnedRight),
          String(turnedWrong),
        ]),
      ),
      ...toTable(
        ['image', 'label', 'before', 'after'],
        turned
          .slice(0, 20)
          .map((image) => [image.path, nameOf(image.classId), nameOf(image.beforeClassId), nameOf(image.afterClassId)]),
      ),
      ...(turned.length > 20 ? [`and ${turned.length - 20} more; --json has them`] : []),
    ],
  };
}

async function describeCauses(session: Session, image: string, causes: RunCauses): Promise<Answer> {
  const nameOf = await readNames(session);
  const { classId, againstClassId, before, after, changed, changedCount, changedSum, othersSum } = causes;
  return {
    json: causes,
    lines: [
      `${image}: logit of ${nameOf(classId)} less that of ${nameOf(againstClassId)}: ${before.toFixed(3)} before, ${after.toFixed(3)} after`,
      ...toTable(
        ['change', 'label before', 'label now', 'path'],
        changed.map((point) => [
          signed(point.after - point.before),
          nameOf(point.classBefore),
          nameOf(point.classAfter),
          point.path,
        ]),
      ),
      `${signed(changedSum)}  all ${changedCount} changed labels`,
      `${signed(othersSum)}  all other train images`,
      `${signed(after - before)}  together`,
    ],
  };
}

function describeReproduction(result: Reproduction): Answer {
  const { runId, testImages, otherPredictions, alphaDifference, alphaBound, lambda, versions } = result;
  return {
    json: result,
    lines: [
      `run ${runId} ${result.isReproduced ? 'is reproduced' : 'is NOT reproduced'}: ${testImages - otherPredictions} of ${testImages} predictions are identical`,
      `alpha differs by ${alphaDifference.toExponential(2)} at most, and may by ${alphaBound.toExponential(2)} (both certificates)`,
      `lambda ${lambda.again}${lambda.again === lambda.recorded ? '' : `, recorded ${lambda.recorded}`}; ${result.seconds.toFixed(2)} s`,
      `recorded on ${describeVersions(versions.recorded)}; now ${describeVersions(versions.now)}`,
    ],
  };
}

const describeVersions = (versions: Reproduction['versions']['recorded']): string =>
  Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ');

/** Of all classes, or of one. */
async function describeCurve(session: Session, curve: RecoveryCurve, tested: LabelClass | null): Promise<Answer> {
  const nameOf = await readNames(session);
  const { random, classImages } = curve;
  const steps = toSteps(curve, tested?.id ?? null);
  const clean = toClean(curve, tested?.id ?? null);
  const falls = findFalls(curve.points);
  return {
    json: {
      ...curve,
      classes: classImages.map((_, index) => nameOf(index + 1)),
      class: tested?.name ?? null,
      steps,
      falls,
    },
    lines: [
      ...toTable(
        ['decisions', 'changed', 'minutes', tested ? `right of ${tested.name}` : 'test accuracy', 'random order'],
        steps.map((step) => [
          String(step.decisions),
          String(step.changedLabels),
          step.secondsSpent === null ? '-' : (step.secondsSpent / 60).toFixed(1),
          describeAccuracy(step),
          step.random === null ? '-' : percent(step.random),
        ]),
      ),
      ...(curve.truth ? describeLeftOut(curve.truth) : []),
      ...(clean ? [`all labels true: ${describeAccuracy({ accuracy: clean })}`] : []),
      ...(random ? [describeRandom(random)] : []),
      ...falls.map((fall) => describeFall(fall, nameOf)),
      `${curve.seconds.toFixed(1)} s at lambda ${curve.lambda}`,
    ],
  };
}

/** Throws 'bad-request' for a class that measures nothing. */
async function findTestedClass(session: Session, name: string): Promise<LabelClass> {
  const { classes } = await session.call('projects.overview', {});
  const found = classes.find((each) => each.name === name);
  if (!found) throw new AppError('bad-request', `There is no class ${name} in this project.`);
  if (found.test === 0) throw new AppError('bad-request', `${name} has no test image, so there is nothing to measure.`);
  return found;
}

function describeRandom({ images, orders }: NonNullable<RecoveryCurve['random']>): string {
  const of = orders === 1 ? 'one order' : `the mean of ${orders} orders`;
  return images === 'all'
    ? `random order: ${of} of all train images, each with its true label`
    : `random order: ${of} of the reviewed images, each with the verdict that it got; that of all images takes their true labels to know`;
}

async function readNames(session: Session): Promise<(classId: number | null) => string> {
  const classes: LabelClass[] = await session.call('classes.list', {});
  return (classId) => (classId === null ? '(none)' : (classes.find(({ id }) => id === classId)?.name ?? ''));
}

const signed = (value: number): string => `${value < 0 ? '' : '+'}${value.toFixed(4)}`;
const points = (share: number): string => `${share < 0 ? '' : '+'}${(share * 100).toFixed(1)}`;
const describeInterval = ([low, high]: Interval): string => `${percent(low)} to ${percent(high)}`;

export const describeAccuracy = ({ accuracy }: Pick<Run, 'accuracy'>): string =>
  `${percent(accuracy.value)} (${describeInterval(accuracy.interval)})`;
