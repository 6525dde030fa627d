// Three real problems whose optimum others have computed in float64, to a gradient below 1e-15.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { describeWithMaterial, materialPath } from '../../material.ts';
import { openProblem, relativeError } from './problems.ts';

interface Description {
  n: number;
  d: number;
  C: number;
  lambda: number;
  objective: number;
  given: number[];
  top20_by_alpha_given: number[];
}

const names = ['r20_sym40_n1000', 'r20_cifar10n_worse_n10000', 'tiny_auto_horse_flip40'];

function readGolden(name: string) {
  const readBytes = (ending: string) => readFileSync(materialPath(`golden/${name}.${ending}`));
  const readDoubles = (ending: string) => new Float64Array(Uint8Array.from(readBytes(ending)).buffer);
  const description = JSON.parse(readBytes('json').toString()) as Description;
  const features = new Float32Array(Uint8Array.from(readBytes('features.f32')).buffer);
  return { ...description, features, weights: readDoubles('W.f64'), alpha: readDoubles('alpha.f64') };
}

describeWithMaterial('golden problems', () => {
  it.each(names)('%s', async (name) => {
    const golden = readGolden(name);
    const { n, d, C: classes, lambda, features, given } = golden;
    const labels = Int32Array.from(given);
    const { fit } = await openProblem({ n, d, classes, features, labels });
    const answer = await fit({ lambda, tolerance: 1e-8 });

    expect(answer.reached).toBe(true);
    expect(Math.abs(answer.objective / golden.objective - 1)).toBeLessThan(1e-9);
    expect(relativeError(answer.weights, golden.weights)).toBeLessThan(1e-6);
    expect(relativeError(answer.alpha, golden.alpha)).toBeLessThan(1e-6);
    const importance = given.map((label, i) => Math.abs(answer.alpha[i * classes + label]!));
    const top = importance.map((_, i) => i).sort((a, b) => importance[b]! - importance[a]!);
    expect(top.slice(0, 20)).toEqual(golden.top20_by_alpha_given);
  });

  it.each(names)('%s: a fit to a hundredth ranks as the optimum wherever its certificate says so', async (name) => {
    const golden = readGolden(name);
    const { n, d, C: classes, lambda, features, given } = golden;
    const { fit } = await openProblem({ n, d, classes, features, labels: Int32Array.from(given) });
    const answer = await fit({ lambda, tolerance: 0.01 });
    /** 1 - p of each image's label. */
    const doubts = (alpha: Float64Array) => given.map((label, i) => 2 * lambda * n * alpha[i * classes + label]!);
    const [roughly, exactly] = [doubts(answer.alpha), doubts(golden.alpha)];
    // No doubt is further from the optimum's than this, so two that are further apart keep their order (METHODS 7.2).
    const slack = given.map((_, i) => {
      const squared = features.subarray(i * d, (i + 1) * d).reduce((sum, value) => sum + value ** 2, 1);
      return (Math.sqrt(squared) * answer.certificate.gradientNorm) / (4 * lambda);
    });
    let certified = 0;
    let wrong = 0;
    for (let i = 0; i < n; i++)
      for (let j = 0; j < i; j++) {
        if (Math.abs(roughly[i]! - roughly[j]!) <= slack[i]! + slack[j]!) continue;
        certified += 1;
        if (roughly[i]! > roughly[j]! !== exactly[i]! > exactly[j]!) wrong += 1;
      }
    expect(wrong).toBe(0);
    expect(certified / ((n * (n - 1)) / 2)).toBeGreaterThan(0.9);
  });

  it('choose lambda on noisy labels where an exhaustive search puts it', async () => {
    const { n, d, C: classes, features, given } = readGolden('r20_sym40_n1000');
    const { fit } = await openProblem({ n, d, classes, features, labels: Int32Array.from(given) });
    const answer = await fit({ lambda: 'auto', featureScale: 'unit', tolerance: 0.01 });
    // Log-loss of five folds, fitted to a logit error of 1e-5: 1.857 at 3e-3, 1.807 at 1e-3, 1.815 at 3e-4.
    expect(answer.lambda).toBe(1e-3);
  });
});
