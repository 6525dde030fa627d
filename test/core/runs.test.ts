// Runs on real parts: made again from the log, compared, and taken apart.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { QueueRow } from '../../src/shared/queue.ts';
import type { RecoveryCurve, Reproduction, Run } from '../../src/shared/runs.ts';
import { portPair } from '../../src/shared/ports.ts';
import { toSteps } from '../../src/shared/recovery-steps.ts';
import { makeFittedProject, removeFolder, startRealCore, type RealCore } from './real-core.ts';

let real: RealCore;
let wrong: string[];
let queue: QueueRow[];
let runs: Run[];

const decide = (rows: QueueRow[], spentMs: number) =>
  real.client.call('reviews.decide', {
    decisions: rows.map(({ imageId, path, givenClassId }) =>
      wrong.includes(path)
        ? { imageId, action: 'relabel' as const, classId: 3 - givenClassId }
        : { imageId, action: 'keep' as const },
    ),
    spentMs,
  });
async function resultOf<Result>(request: Parameters<RealCore['run']>[0]): Promise<Result> {
  const job = await real.run(request);
  expect(job.error).toBeNull();
  return (await real.client.call('jobs.result', { id: job.id })) as Result;
}

beforeAll(async () => {
  real = startRealCore();
  // So many wrong labels that the first fit has it the wrong way round.
  wrong = await makeFittedProject(real, { train: 40, test: 60, wrong: 24 });
  queue = (await real.client.call('queue.page', { query: { method: 'importance' }, from: 0, count: 40 })).rows;
  await decide(queue.slice(0, 8), 4000);
  await real.run({ kind: 'retrain', params: {} });
  await decide(queue.slice(8, 30), 6000);
  await decide(queue.slice(30, 32), 1000);
  await real.client.call('reviews.undo', {});
  await real.run({ kind: 'retrain', params: {} });
  runs = await real.client.call('runs.list', {});
});
afterAll(async () => {
  await real.close();
  removeFolder(real.folder);
});

describe('a run', () => {
  it('carries what made it', () => {
    expect(runs.map(({ decisions }) => decisions)).toEqual([0, 8, 30]);
    expect(runs.map(({ record }) => [record.labelsRevision, record.startFitId])).toEqual([
      [0, null],
      [8, runs[0]!.fitId],
      [34, runs[1]!.fitId],
    ]);
    expect(runs[2]!.record).toMatchObject({
      model: { name: 'tiny.onnx', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
      lambdaChosen: 'given',
      tolerance: 0.01,
      versions: { app: '0.0.0', onnxruntime: expect.stringMatching(/^\d+\./) as string, node: process.versions.node },
    });
  });

  it('is made again from its record in another process: same predictions, alpha within the certificate', async () => {
    const { folder } = real;
    await real.close();
    real = startRealCore(portPair, folder);
    await real.client.call('projects.open', { file: await real.place(join(folder, 'colours.secondlook')) });
    for (const { id } of runs.toReversed()) {
      const again = await resultOf<Reproduction>({ kind: 'reproduce', params: { runId: id } });
      expect(again).toMatchObject({ runId: id, otherPredictions: 0, isReproduced: true });
      expect(again.alphaDifference).toBeLessThanOrEqual(again.alphaBound);
      // On the same machine to the last digit: a retrain goes on from the same labels, also where alpha was dropped.
      expect(again.alphaDifference).toBeLessThan(1e-12);
    }
    // Nothing of the project has changed by it.
    expect(await real.client.call('runs.list', {})).toEqual(runs);
  });

  it('is measured by its probabilities', async () => {
    const { id, accuracy, balancedAccuracy } = runs[2]!;
    const measures = await real.client.call('runs.measure', { runId: id });
    expect(measures.balancedAccuracy.value).toBeCloseTo(balancedAccuracy, 12);
    const images = (cells: { images: number }[]) => cells.reduce((sum, cell) => sum + cell.images, 0);
    expect(images(measures.confusion)).toBe(60);
    expect(images(measures.reliability)).toBe(60);
    const right = images(measures.confusion.filter(({ classId, predictedClassId }) => classId === predictedClassId));
    expect(right / 60).toBeCloseTo(accuracy.value, 12);
    let losses = 0;
    for (let imageId = 1; imageId <= 100; imageId++) {
      const { split, probabilities, classId } = await real.client.call('images.card', { imageId });
      if (split === 'test') losses -= Math.log(probabilities[classId! - 1]!);
    }
    expect(measures.logLoss.value).toBeCloseTo(losses / 60, 9);
    for (const { value, interval } of [measures.logLoss, measures.balancedAccuracy]) {
      expect(value).toBeGreaterThanOrEqual(interval[0]);
      expect(value).toBeLessThanOrEqual(interval[1]);
    }
  });
});

describe('two runs', () => {
  it('differ in the images that turned, and the parts of a change add up', async () => {
    const two = { beforeId: runs[0]!.id, afterId: runs[2]!.id };
    const comparison = await real.client.call('runs.compare', two);
    const { turnedRight, turnedWrong } = comparison.pairedTest;
    expect(comparison.turned).toHaveLength(turnedRight + turnedWrong);
    expect(turnedRight).toBeGreaterThan(0);
    expect(comparison.difference.value).toBeCloseTo(runs[2]!.accuracy.value - runs[0]!.accuracy.value, 12);
    expect(comparison.difference.value).toBeCloseTo((turnedRight - turnedWrong) / 60, 12);
    expect(comparison.changedLabels).toBe(runs[2]!.changedLabels);

    const [image] = comparison.turned;
    const causes = await real.client.call('runs.causes', { ...two, imageId: image!.imageId, count: 50 });
    expect(causes.changed).toHaveLength(runs[2]!.changedLabels);
    const sum = causes.changed.reduce((total, { before, after }) => total + after - before, 0);
    expect(sum).toBeCloseTo(causes.changedSum, 9);
    expect(causes.changedSum + causes.othersSum).toBeCloseTo(causes.after - causes.before, 9);
    // The value of the newest fit is the one that the evidence tells.
    const evidence = await real.client.call('images.evidence', {
      imageIds: [image!.imageId],
      classId: causes.classId,
      againstClassId: causes.againstClassId,
      count: 40,
    });
    const [largest] = causes.changed;
    const told = [...evidence.excitatory, ...evidence.inhibitory].find(({ imageId }) => imageId === largest!.imageId);
    expect(told!.value).toBeCloseTo(largest!.after, 5);
    const train = { ...two, imageId: queue[0]!.imageId };
    await expect(real.client.call('runs.causes', train)).rejects.toThrow('no such test image');
  });
});

describe('the recovery curve', () => {
  it('comes from the log, ends where the runs do, and has a random order and the truth beside it', async () => {
    const truth = join(real.folder, 'truth.csv');
    const toLabel = (path: string) => (wrong.includes(path) === path.includes('dusk') ? 'grass' : 'dusk');
    writeFileSync(truth, `path,label\n${queue.map(({ path }) => `${path},${toLabel(path)}`).join('\n')}\n`);
    const curve = await resultOf<RecoveryCurve>({ kind: 'recovery', params: { steps: 3, orders: 1 } });
    expect(curve.points.map(({ decisions }) => decisions)).toEqual([0, 10, 20, 30]);
    expect(curve.points.map(({ secondsSpent }) => secondsSpent)).toEqual([null, 10, 10, 11]);
    expect(curve.points[0]!.accuracy).toEqual(runs[0]!.accuracy);
    expect(curve.points[3]!.accuracy.value).toBeCloseTo(runs[2]!.accuracy.value, 1);
    for (const { correct, accuracy } of curve.points)
      expect(correct.reduce((sum, count) => sum + count, 0) / 60).toBeCloseTo(accuracy.value, 12);
    expect(curve).toMatchObject({ classImages: [30, 30], clean: null, random: { images: 'reviewed', orders: 1 } });
    expect(curve.random!.points.at(-1)!.accuracy.mean).toBe(curve.points[3]!.accuracy.value);
    // The random order has each class and the pace of the review, at every step.
    expect(curve.random!.points.map(({ secondsSpent }) => secondsSpent)).toEqual([null, 10, 10, 11]);
    for (const { correct, accuracy } of curve.random!.points)
      expect(correct.reduce((sum, count) => sum + count, 0) / 60).toBeCloseTo(accuracy.mean, 12);
    expect(curve.random!.points[1]!.correct).not.toEqual(curve.points[1]!.correct);
    for (const classId of [1, 2])
      expect(toSteps(curve, classId).map(({ accuracy, random }) => [accuracy.value * 30, random! * 30])).toEqual(
        curve.points.map(({ correct }, step) => [
          correct[classId - 1],
          curve.random!.points[step]!.correct[classId - 1],
        ]),
      );

    const known = await resultOf<RecoveryCurve>({
      kind: 'recovery',
      params: { steps: 1, orders: 1, truth: await real.place(truth) },
    });
    expect(known.clean!.accuracy.value).toBeGreaterThanOrEqual(known.points[1]!.accuracy.value);
    expect(known.random).toMatchObject({ images: 'all' });
    expect(await real.client.call('runs.recovery', {})).toMatchObject({ curve: known, isCurveOlder: false });
  });

  it('says that it is older than a decision, and stands beside no run of another scale', async () => {
    await decide(queue.slice(39), 1000);
    expect(await real.client.call('runs.recovery', {})).toMatchObject({ isCurveOlder: true });
    await real.client.call('reviews.undo', {});
    const scale = runs[0]!.record.featureScale === 'unit' ? 'none' : 'unit';
    await resultOf({ kind: 'fit', params: { lambda: runs[0]!.lambda, featureScale: scale } });
    const other = { curve: null, isCurveOlder: false, runs: [{ decisions: 30 }], otherRuns: 3 };
    expect(await real.client.call('runs.recovery', {})).toMatchObject(other);
  });
});

it('is what it was after more images and a class more: made again, measured, and told why', async () => {
  const two = { beforeId: runs[0]!.id, afterId: runs[2]!.id };
  const compared = await real.client.call('runs.compare', two);
  const ask = { ...two, imageId: compared.turned[0]!.imageId, count: 50 };
  const causes = await real.client.call('runs.causes', ask);
  const measures = await real.client.call('runs.measure', { runId: runs[0]!.id });

  const images = join(real.folder, 'images');
  mkdirSync(join(images, 'train/night'));
  for (const [place, { path }] of queue.slice(0, 12).entries())
    copyFileSync(join(images, path), join(images, 'train', place < 4 ? 'night' : 'dusk', `more-${place}.png`));
  const params = { images: await real.place(images), labels: { format: 'folders' as const } };
  await resultOf({ kind: 'import', params });
  await resultOf({ kind: 'extract', params: { provider: 'cpu' } });
  expect((await real.client.call('projects.overview', {})).images).toMatchObject({ train: 52, test: 60 });

  for (const { id } of runs)
    expect(await resultOf<Reproduction>({ kind: 'reproduce', params: { runId: id } })).toMatchObject({
      isReproduced: true,
    });
  expect(await real.client.call('runs.compare', two)).toEqual(compared);
  expect(await real.client.call('runs.causes', ask)).toEqual(causes);
  expect(await real.client.call('runs.measure', { runId: runs[0]!.id })).toEqual(measures);

  // To go on from weights of other classes is refused; a fit from the beginning is not.
  for (const kind of ['retrain', 'recovery'] as const) {
    const request = kind === 'retrain' ? { kind, params: {} } : { kind, params: { steps: 1, orders: 0 } };
    expect(await real.run(request)).toMatchObject({
      state: 'failed',
      error: 'The last fit knows 2 classes, and by now there are 3. Fit the head again, and go on from there.',
    });
  }
  await resultOf({ kind: 'fit', params: {} });
  expect(await real.run({ kind: 'retrain', params: {} })).toMatchObject({ state: 'done' });
});
