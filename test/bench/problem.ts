// Problems to fit, made up to look like the features of a network: nonnegative, correlated, with wrong labels among them.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FeatureMatrix } from '../../src/main/compute/representer/feature-matrix.ts';
import { createRandom } from '../../src/shared/random.ts';

export interface BenchProblem {
  name: string;
  n: number;
  d: number;
  classes: number;
  lambda: number;
  matrix: FeatureMatrix;
  labels: Int32Array;
}

/** Directions that the features of one class vary in. */
const factors = 12;
/** Share of the labels that are drawn anew. */
const noise = 0.2;

/** Rectified sums of a centre for each class, a few shared factors of falling strength, and noise of each feature's own. */
export function drawProblem(name: string, n: number, d: number, classes: number, lambda: number): BenchProblem {
  const random = createRandom(1);
  const normal = () => random() + random() + random() + random() - 2;
  const centres = Float32Array.from({ length: classes * d }, () => 0.6 * normal());
  const loadings = Float32Array.from({ length: factors * d }, (_, at) => (2 * normal()) / (1 + Math.floor(at / d)));
  const matrix = new FeatureMatrix(n, d);
  const labels = new Int32Array(n);
  const row = new Float32Array(d);
  for (let i = 0; i < n; i++) {
    const kind = Math.floor(random() * classes);
    labels[i] = random() < noise ? Math.floor(random() * classes) : kind;
    for (let j = 0; j < d; j++) row[j] = centres[kind * d + j]! + (random() - 0.5);
    for (let k = 0; k < factors; k++) {
      const strength = normal();
      for (let j = 0, at = k * d; j < d; j++, at++) row[j]! += strength * loadings[at]!;
    }
    for (let j = 0; j < d; j++) row[j] = Math.max(0, row[j]!);
    matrix.fill(i, row);
  }
  return { name, n, d, classes, lambda, matrix, labels };
}

export const allRows = ({ n }: BenchProblem): Int32Array => Int32Array.from({ length: n }, (_, row) => row);

/** Writes a problem for others to read, its features scaled as `unit` scales them; returns the folder. */
export function writeProblem({ n, d, classes, lambda, matrix, labels }: BenchProblem): string {
  const folder = mkdtempSync(join(tmpdir(), 'second-look-bench-'));
  const scale = Math.sqrt(matrix.squaredNorms.reduce((sum, square) => sum + square, 0) / n);
  writeFileSync(join(folder, 'problem.json'), JSON.stringify({ n, d, classes, lambda }));
  writeFileSync(join(folder, 'labels.i32'), labels);
  writeFileSync(
    join(folder, 'features.f32'),
    matrix.values.map((value) => value / scale),
  );
  return folder;
}
