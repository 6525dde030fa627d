// What the images of a set have in common: the training images that hold a class down in all of them (METHODS 1.7).
import type { LoadedFit, RecurringAnswer, RecurringRequest } from '../../../shared/compute-contract.ts';
import { explainLogit, toFeatures } from './explain.ts';
import type { FeatureMatrix } from './feature-matrix.ts';
import type { Products } from './products.ts';
import { TopPoints } from './top-points.ts';

/** Images that are looked at one by one; of a larger set as many, from all over it. */
const mostCounted = 1000;
/** Images whose products are made at once. */
const atOnce = 256;

/**
 * The inhibitory points of the images' sum: I_i = (alpha_ia - alpha_ib) (f_i . sum of f_t), the most negative first, which
 * takes one vector sum and then O(n d). How often a point recurs needs each image's own values, O(m n d) for m images.
 * Throws what `explainLogit` throws.
 */
export async function findRecurring(
  matrix: FeatureMatrix,
  fit: LoadedFit,
  products: Products,
  request: RecurringRequest,
): Promise<RecurringAnswer> {
  const answer = await explainLogit(matrix, fit, products, { ...request, order: 'raw' });
  const excitatorySum = answer.excitatory.reduce((sum, { value }) => sum + value, 0);
  const rows = thin(request.rows);
  const recurrence = new Map(answer.inhibitory.map(({ row }) => [row, 0]));
  for (let first = 0; first < rows.length; first += atOnce) {
    for (const top of await findInhibitory(matrix, fit, products, request, rows.subarray(first, first + atOnce)))
      for (const place of top.places) {
        const row = fit.rows[place]!;
        const count = recurrence.get(row);
        if (count !== undefined) recurrence.set(row, count + 1);
      }
  }
  return {
    ...answer,
    excitatory: [],
    remainder: answer.remainder + excitatorySum,
    remainderCount: answer.remainderCount + answer.excitatory.length,
    counted: rows.length,
    recurrence: Int32Array.from(answer.inhibitory, ({ row }) => recurrence.get(row)!),
  };
}

/** The most inhibitory points of each of some rows, by their products with all training images: F times a D x m matrix. */
async function findInhibitory(
  matrix: FeatureMatrix,
  { alpha, classes, scale }: LoadedFit,
  products: Products,
  { toward, against, count }: RecurringRequest,
  rows: Int32Array,
): Promise<TopPoints[]> {
  const images = rows.length;
  const columns = new Float64Array(products.dimensions * images);
  rows.forEach((row, t) => toFeatures(matrix, row, scale).forEach((value, j) => (columns[j * images + t] = value)));
  const tops = Array.from({ length: images }, () => new TopPoints(count));
  await products.multiply(columns, (kernels, first, length) => {
    for (let i = 0; i < length; i++) {
      const at = (first + i) * classes;
      const along = alpha[at + toward]! - (against === null ? 0 : alpha[at + against]!);
      for (let t = 0; t < images; t++) {
        const inhibition = -kernels[i * images + t]! * along;
        if (inhibition > 0 && inhibition > tops[t]!.least) tops[t]!.offer(inhibition, first + i);
      }
    }
  });
  return tops;
}

const thin = (rows: Int32Array): Int32Array =>
  rows.length <= mostCounted
    ? rows
    : Int32Array.from({ length: mostCounted }, (_, index) => rows[Math.floor((index * rows.length) / mostCounted)]!);
