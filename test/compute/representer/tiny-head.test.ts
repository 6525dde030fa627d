// A head small enough to be worked out by hand; the numbers were computed independently, to a gradient below 1e-16.
import { beforeAll, describe, expect, it } from 'vitest';
import type { LoadedFit } from '../../../src/shared/compute-contract.ts';
import { measureGap } from '../../../src/main/compute/representer/certificate.ts';
import { FeatureMatrix } from '../../../src/main/compute/representer/feature-matrix.ts';
import { descend } from '../../../src/main/compute/representer/lbfgs.ts';
import { createLabelLoss } from '../../../src/main/compute/representer/loss.ts';
import { createObjective, type ExactObjective, type Point } from '../../../src/main/compute/representer/objective.ts';
import { createPlainProducts } from '../../../src/main/compute/representer/plain-products.ts';
import { createPreconditioner, measureGram } from '../../../src/main/compute/representer/preconditioner.ts';
import { createRepresenter } from '../../../src/main/compute/representer/representer.ts';
import { ask } from './problems.ts';

// Ten times the features, which float32 holds exactly, at a scale of ten; the eighth image is a query that no fit knows.
const features = Float32Array.of(10, 0, 8, 3, -5, 10, -2, 9, -6, -8, -4, -10, 9, 1, 7, 2);
const scale = 10;
const rows = Int32Array.of(0, 1, 2, 3, 4, 5, 6);
const labels = Int32Array.of(0, 0, 1, 1, 2, 2, 1);
const classes = 3;
const lambda = 0.01;
const { signal } = new AbortController();

function expectNear(actual: ArrayLike<number>, expected: number[]): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, i) => expect(actual[i]).toBeCloseTo(value, 9));
}

describe('the tiny head', () => {
  let objective: ExactObjective;
  let optimum: Point;
  let alpha: Float64Array;

  beforeAll(async () => {
    const matrix = new FeatureMatrix(8, 2);
    matrix.fill(0, features);
    objective = createObjective(
      createPlainProducts(matrix, rows, scale, signal),
      createLabelLoss(labels, classes),
      lambda,
    );
    const gram = await measureGram(matrix, rows, scale);
    const { point } = await descend(objective, await objective.evaluate(new Float64Array(9)), {
      precondition: await createPreconditioner(gram, classes, lambda, signal),
      isDone: async (at) => measureGap(at, lambda) < 1e-26,
      maxIterations: 200,
    });
    const residuals = new Float64Array(21);
    optimum = await objective.evaluate(point.weights, residuals);
    alpha = residuals.map((residual) => -residual / (2 * lambda * 7));
  });

  it('has the known objective, gradient and duality gap at W = 0', async () => {
    const point = await objective.evaluate(new Float64Array(9));
    expect(point.value).toBeCloseTo(1.0986122887, 9);
    expectNear(
      point.gradient,
      [
        [-0.2095238095, 0.019047619, 0.1904761905],
        [-0.019047619, -0.2619047619, 0.280952381],
        [0.0476190476, -0.0952380952, 0.0476190476],
      ].flat(),
    );
    expect(measureGap(point, lambda)).toBeCloseTo(6.0510204082, 9);
  });

  it('has the known optimum', () => {
    expect(optimum.value).toBeCloseTo(0.4567499876, 9);
    expectNear(
      optimum.weights,
      [
        [1.4991655573, -0.1807620212, -1.3184035361],
        [0.155477113, 1.5437123665, -1.6991894795],
        [-0.2935181458, 0.446385534, -0.1528673883],
      ].flat(),
    );
  });

  it('has the known alpha, largest at the planted error, and sums to the bias', () => {
    expectNear(alpha.subarray(0, 3), [2.248455273, -1.9118439166, -0.3366113564]);
    expectNear(alpha.subarray(18), [-4.4459112781, 4.7825842513, -0.3366729732]);
    const importance = Array.from(rows, (i) => Math.abs(alpha[i * classes + labels[i]!]!));
    expect(importance.indexOf(Math.max(...importance))).toBe(6);
    const sums = [0, 1, 2].map((c) => alpha.reduce((sum, value, at) => sum + (at % classes === c ? value : 0), 0));
    expectNear(optimum.weights.subarray(6), sums);
  });

  it('has the known margins and representer values of the query', async () => {
    const calls = createRepresenter(() => undefined);
    await calls['matrix.open']({ rows: 8, dimensions: 2 }, { signal });
    await calls['matrix.fill']({ firstRow: 0, features }, { signal });
    const { weights, gradient } = optimum;
    const fit: LoadedFit = { target: 'labels', rows, labels, classes, lambda, scale, weights, gradient, alpha };
    await calls['fit.load'](fit, { signal });

    const logits = await calls['fit.predict']({ fit: 'labels', rows }, { signal });
    const margins = Array.from(labels, (label, i) => {
      const own = logits.subarray(i * classes, (i + 1) * classes);
      return own[label]! - Math.max(...own.filter((_, c) => c !== label));
    });
    expectNear(
      margins,
      [0.9400238987, 0.187567807, 2.9681027226, 2.3253009237, 2.6776534635, 3.0987055297, -0.6332076155],
    );

    const answer = await calls['fit.explain'](ask(7, 1, null, 7), { signal });
    expectNear(answer.logits, [0.7869931669, 0.6285945925, -1.4155877594]);
    const points = [...answer.excitatory, ...answer.inhibitory].sort((a, b) => a.row - b.row);
    expectNear(
      points.map(({ value }) => value),
      [-3.2501346583, -5.0533164838, 0.4976322355, 0.8835477428, -0.1865713203, -0.1538269379, 7.8912640146],
    );
    expect(answer.remainder).toBeCloseTo(0, 12);
    expect(answer.remainderCount).toBe(0);
  });

  it('has the known leave-one-out logits and self-influence', async () => {
    const calls = createRepresenter(() => undefined);
    await calls['matrix.open']({ rows: 8, dimensions: 2 }, { signal });
    await calls['matrix.fill']({ firstRow: 0, features }, { signal });
    const { weights, gradient } = optimum;
    await calls['fit.load'](
      { target: 'labels', rows, labels, classes, lambda, scale, weights, gradient, alpha },
      { signal },
    );
    const answer = await calls['fit.leaveOneOut']({ method: 'auto' }, { signal });
    expect(answer.method).toBe('exact');
    expectNear(answer.logits.subarray(0, 3), [0.6991227624, 0.5359602031, -1.2350829655]);
    expectNear(answer.logits.subarray(18), [1.6110924078, -0.4041482673, -1.2069441405]);
    expectNear(
      answer.selfInfluence,
      [0.1588889294, 0.2862838206, 0.0336007621, 0.0506007939, 0.0435596359, 0.0343141963, 0.6290729352],
    );
  });

  it('has the known logits in fits that one image was left out of', async () => {
    const calls = createRepresenter(() => undefined);
    await calls['matrix.open']({ rows: 8, dimensions: 2 }, { signal });
    // Of a scale of ten, as in the other tests, without asking for one.
    await calls['matrix.fill']({ firstRow: 0, features: features.map((value) => value / scale) }, { signal });
    for (const [place, expected] of [
      [0, [0.7077436155, 0.5284577914, -1.2362014069]],
      [6, [1.8731444112, -0.8371403729, -1.0360040384]],
    ] as const) {
      const others = (_: number, i: number) => i !== place;
      const request = {
        rows: rows.filter(others),
        labels: labels.filter(others),
        classes,
        featureScale: 'none',
      } as const;
      const asked = { ...request, lambda: (lambda * 7) / 6, tolerance: 1e-10 };
      const head = { ...(await calls['fit.run'](asked, { signal })), classes };
      const logits = await calls['fit.predict']({ fit: head, rows: Int32Array.of(place) }, { signal });
      // The features are rounded to float32.
      logits.forEach((logit, c) => expect(logit).toBeCloseTo(expected[c]!, 6));
    }
  });
});
