// What lambda is chosen by: all folds of a cross-fit in one reading of the features.
import { expect, it } from 'vitest';
import { FeatureMatrix } from '../../../src/main/compute/representer/feature-matrix.ts';
import { createFoldsObjective } from '../../../src/main/compute/representer/folds-objective.ts';
import { createLockstep, type Asked } from '../../../src/main/compute/representer/lockstep.ts';
import { createLabelLoss } from '../../../src/main/compute/representer/loss.ts';
import { createObjective } from '../../../src/main/compute/representer/objective.ts';
import { createOnnxProducts } from '../../../src/main/compute/representer/onnx-products.ts';
import { allRows, drawArray, drawProblem, relativeError } from './problems.ts';

const { n, d, classes, features, labels } = drawProblem({ n: 1400, d: 9, classes: 4, seed: 17 });
const [scale, lambda, folds] = [1.7, 0.01, 5];
const { signal } = new AbortController();

it('each fold has the objective of the others’ rows and the loss of its own, whoever else is asked for', async () => {
  const matrix = new FeatureMatrix(n, d);
  matrix.fill(0, features);
  // Not all rows, and a gap that parts them into two runs.
  const rows = allRows(n).filter((row) => row % 7 !== 3 && (row < 300 || row > 500));
  const given = rows.map((row) => labels[row]!);
  const foldOf = rows.map((row) => (row * row) % folds);
  const objective = createFoldsObjective(matrix, { rows, labels: given, classes }, foldOf, folds, scale, signal);

  const plain = (isIn: (fold: number) => boolean) => {
    const places = [...rows.keys()].filter((place) => isIn(foldOf[place]!));
    const products = createOnnxProducts(
      matrix,
      Int32Array.from(places, (place) => rows[place]!),
      scale,
      signal,
      'float64',
    );
    const loss = createLabelLoss(
      Int32Array.from(places, (place) => given[place]!),
      classes,
    );
    return { count: places.length, products, loss };
  };
  for (const asked of [[0, 1, 4], [4]]) {
    const heads = asked.map((index) => ({ index, weights: drawArray((d + 1) * classes, index + 1) }));
    const points = await objective.evaluate(heads, lambda);
    expect(points).toHaveLength(asked.length);
    for (const [i, { index, weights }] of heads.entries()) {
      const others = plain((fold) => fold !== index);
      const own = plain((fold) => fold === index);
      const expected = await createObjective(others.products, others.loss, lambda).evaluate(weights);
      const { value } = await createObjective(own.products, own.loss, 0).evaluate(weights);
      expect(own.count).toBeGreaterThan(0);
      expect(points[i]!.value / expected.value).toBeCloseTo(1, 6);
      expect(relativeError(points[i]!.gradient, expected.gradient)).toBeLessThan(1e-5);
      expect(points[i]!.heldOutLoss / (value * own.count)).toBeCloseTo(1, 6);
    }
  }
});

it('keeps the digits of a loss that is almost nothing, of logits that are not', async () => {
  const kinds = Int32Array.from({ length: 60 }, (_, row) => row % 3);
  const matrix = new FeatureMatrix(60, 3);
  kinds.forEach((kind, row) => matrix.fill(row, Float32Array.of(0, 0, 0).fill(1, kind, kind + 1)));
  // By 11 the label's logit is ahead of the others; 300 is in all of them alike.
  const ahead = 11;
  const weights = Float64Array.from({ length: 12 }, (_, at) => (at >= 9 ? 300 : at % 4 === 0 ? ahead : 0));
  const given = { rows: allRows(60), labels: kinds, classes: 3 };
  const foldOf = kinds.map((_, row) => row % folds);
  const [point] = await createFoldsObjective(matrix, given, foldOf, folds, 1, signal).evaluate(
    [{ index: 0, weights }],
    0,
  );
  const loss = Math.log1p(2 * Math.exp(-ahead));
  expect(point!.value / loss).toBeCloseTo(1, 2);
  expect(point!.heldOutLoss / (12 * loss)).toBeCloseTo(1, 2);
  const other = Math.exp(-ahead) / (1 + 2 * Math.exp(-ahead)) / 3;
  expect(relativeError(point!.gradient.subarray(0, 3), [-2 * other, other, other])).toBeLessThan(0.01);
});

it('answers when all that go on have asked, in their order, and passes on what went wrong', async () => {
  const turns: number[][] = [];
  let isBroken = false;
  const { ask, leave } = createLockstep(3, (asked: Asked[]) => {
    turns.push(asked.map(({ index }) => index));
    return isBroken
      ? Promise.reject(new Error('no memory'))
      : Promise.resolve(asked.map(({ index, weights }) => index + weights[0]!));
  });
  const at = (index: number, weight: number) => ask({ index, weights: Float64Array.of(weight) });
  expect(await Promise.all([at(2, 10), at(0, 20), at(1, 30)])).toEqual([12, 20, 31]);
  const [second, first] = [at(2, 1), at(0, 2)];
  expect(turns).toEqual([[0, 1, 2]]);
  leave();
  expect(await Promise.all([first, second])).toEqual([2, 3]);
  isBroken = true;
  const broken = [at(0, 0), at(2, 0)];
  await Promise.all(broken.map((each) => expect(each).rejects.toThrow('no memory')));
  expect(turns).toEqual([
    [0, 1, 2],
    [0, 2],
    [0, 2],
  ]);
});
