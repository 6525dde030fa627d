// Rankings compared on the verdicts of a project: real core, SQLite and ONNX Runtime.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { distinctRankings, type BakeOff } from '../../src/shared/ranking.ts';
import { bake } from '../../src/main/compute/ranking/bake-off.ts';
import { makeFittedProject, removeFolder, startRealCore, type RealCore } from './real-core.ts';

describe('one ranking', () => {
  it('is measured over the judged images alone', () => {
    // In order of score the judged rows are 4, 0, 2, 1: wrong, right, wrong, right; row 3 is nobody's.
    const verdicts = { judged: Int32Array.of(0, 1, 2, 4), isWrong: Uint8Array.of(0, 0, 1, 1) };
    const { averagePrecision, found } = bake('margin', Float64Array.of(3, 1, 2, 9, 5), verdicts, [0.25, 0.5, 0.75]);
    expect(averagePrecision).toBeCloseTo((1 + 2 / 3) / 2, 12);
    expect(found).toEqual([0.5, 0.5, 1]);
  });
});

describe('the bake-off', () => {
  let real: RealCore;
  let wrong: string[];
  beforeAll(async () => {
    real = startRealCore();
    wrong = await makeFittedProject(real, { train: 100, wrong: 24 });
  });
  afterAll(async () => {
    await real.close();
    removeFolder(real.folder);
  });

  async function run(): Promise<BakeOff> {
    const { id, state, error } = await real.run({ kind: 'rank', params: { bakeOff: true } });
    expect(state, error ?? '').toBe('done');
    return (await real.client.call('jobs.result', { id })) as BakeOff;
  }

  /** Says of these what is true of them. */
  async function review(paths: (path: string) => boolean): Promise<void> {
    const { rows } = await real.client.call('queue.page', { query: { method: 'importance' }, from: 0, count: 100 });
    const decisions = rows
      .filter(({ path }) => paths(path))
      .map(({ imageId, path, givenClassId }) =>
        wrong.includes(path)
          ? { imageId, action: 'relabel' as const, classId: 3 - givenClassId }
          : { imageId, action: 'keep' as const },
      );
    await real.client.call('reviews.decide', { decisions });
  }

  it('cannot know yet with few confirmed errors', async () => {
    await review((path) => !wrong.includes(path) || wrong.indexOf(path) < 19);
    expect(await run()).toMatchObject({ reviewed: 95, wrong: 19, fewest: 20, methods: null });
  });

  it('measures every ranking once, made of the labels as they were given', async () => {
    await review((path) => wrong.indexOf(path) >= 19);
    const before = await run();
    expect(before).toMatchObject({ reviewed: 100, wrong: 24 });
    const methods = before.methods!.map(({ method }) => method);
    expect(methods.toSorted()).toEqual(
      distinctRankings(2)
        .filter((method) => method !== 'learned')
        .toSorted(),
    );
    expect(methods).not.toContain('margin');
    const precisions = before.methods!.map(({ averagePrecision }) => averagePrecision);
    expect(precisions).toEqual(precisions.toSorted((a, b) => b - a));
    for (const { method, found } of before.methods!) {
      expect(found[0]!, method).toBeLessThanOrEqual(10 / 24 + 1e-12);
      expect(found[2]!, method).toBeGreaterThanOrEqual(found[1]!);
    }
    // Blue and green are told apart easily: the wrong ones come first.
    expect(before.methods!.find(({ method }) => method === 'importance')!.averagePrecision).toBeGreaterThan(0.95);
  });
});
