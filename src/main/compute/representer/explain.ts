// Representer points: which training images make up a logit, and by how much (METHODS 1.2, 1.6).
import type { ExplainAnswer, ExplainedPoint, ExplainRequest, LoadedFit } from '../../../shared/compute-contract.ts';
import { AppError } from '../../../shared/errors.ts';
import { tell } from '../../../shared/told.ts';
import type { FeatureMatrix } from './feature-matrix.ts';
import type { Products } from './products.ts';
import { addScaled, dot, norm } from './vectors.ts';
import { TopPoints } from './top-points.ts';

/**
 * Takes the logit of one image, or the difference of two, apart into the values alpha_i (f_i . f) of the training images.
 * The listed values, the own term, the remainder and the residual add up to the logit, whatever the order. For a set of
 * images f is the sum of theirs, so the values are sums over the set (METHODS 1.7). Throws 'bad-request' for a row or class
 * that is not there.
 *
 * The order `cosine` is by cos(f_i, f) cos(alpha_i, direction), the direction being the class, or the class less the other:
 * what Hanawa et al. (2021) found to be free of images that top every list by their sheer size.
 */
export async function explainLogit(
  matrix: FeatureMatrix,
  fit: LoadedFit,
  products: Products,
  request: ExplainRequest,
): Promise<ExplainAnswer> {
  checkRequest(matrix, fit, request);
  const { rows, classes } = fit;
  const features = sumFeatures(matrix, request.rows, fit.scale);
  const logits = multiplyTransposed(fit.weights, features, classes);
  const logit = pick(logits, 0, request);
  const residual = pick(multiplyTransposed(fit.gradient, features, classes), 0, request) / (2 * fit.lambda);

  /** The place of the image among the training images, or -1. */
  const ownPlace = request.rows.length === 1 ? findRow(rows, request.rows[0]!) : -1;
  const excitatory = new TopPoints(request.count);
  const inhibitory = new TopPoints(request.count);
  const { alpha } = fit;
  const { toward, against, order } = request;
  await products.multiply(features, (kernels, first, count) => {
    for (let i = 0, place = first, at = first * classes; i < count; i++, place++, at += classes) {
      const value = kernels[i]! * (alpha[at + toward]! - (against === null ? 0 : alpha[at + against]!));
      if (value === 0 || place === ownPlace) continue;
      const score = order === 'cosine' ? value / sizeOf(place) : value;
      if (score > 0) {
        if (score > excitatory.least) excitatory.offer(score, place);
      } else if (-score > inhibitory.least) inhibitory.offer(-score, place);
    }
  });

  const own = ownPlace < 0 ? null : toPoint(ownPlace).value;
  const listed = { excitatory: excitatory.places.map(toPoint), inhibitory: inhibitory.places.map(toPoint) };
  const named = [...listed.excitatory, ...listed.inhibitory];
  const namedSum = named.reduce((sum, { value }) => sum + value, own ?? 0);
  return {
    logits,
    logit,
    ...listed,
    own,
    // The sum over all training images is the logit less the residual, to the last digit (METHODS 7.2).
    remainder: logit - residual - namedSum,
    remainderCount: rows.length - named.length - (own === null ? 0 : 1),
    residual,
    bound: boundResidual(fit, features, request),
  };

  /** ||f_i|| ||alpha_i|| of a training image: a value divided by it is a cosine, but for the same factor for all. */
  function sizeOf(place: number): number {
    let square = 0;
    for (let at = place * classes, end = at + classes; at < end; at++) square += fit.alpha[at]! ** 2;
    return Math.sqrt(square) * matrix.lengthOf(rows[place]!, fit.scale);
  }

  /** Computed anew in float64, whatever precision the search was made in. */
  function toPoint(place: number): ExplainedPoint {
    const row = rows[place]!;
    const other = toFeatures(matrix, row, fit.scale);
    const kernel = dot(features, other);
    const similarity = kernel / Math.sqrt(dot(features, features) * dot(other, other));
    const alpha = Float64Array.from(fit.alpha.subarray(place * classes, (place + 1) * classes));
    const direction = request.against === null ? 1 : Math.SQRT2;
    const along = pick(alpha, 0, request);
    const cosine = along === 0 ? 0 : (similarity * along) / (norm(alpha) * direction);
    return { row, value: kernel * along, similarity, cosine };
  }
}

/** Entry `toward` of the C values at `offset`, less entry `against`. */
function pick(values: ArrayLike<number>, offset: number, { toward, against }: ExplainRequest): number {
  return values[offset + toward]! - (against === null ? 0 : values[offset + against]!);
}

/** ||g|| ||f|| / (2 lambda), g being the gradient's column of the logit or the difference of two columns. */
function boundResidual({ gradient, classes, lambda }: LoadedFit, features: Float64Array, request: ExplainRequest) {
  const column = features.map((_, j) => pick(gradient, j * classes, request));
  return Math.sqrt(dot(column, column) * dot(features, features)) / (2 * lambda);
}

/** The features of a row as a fit sees them: scaled, with the bias constant. */
export function toFeatures(matrix: FeatureMatrix, row: number, scale: number): Float64Array {
  const features = new Float64Array(matrix.dimensions + 1).fill(1);
  matrix.row(row).forEach((feature, j) => (features[j] = feature / scale));
  return features;
}

/** The sum of the features of some rows. */
function sumFeatures(matrix: FeatureMatrix, rows: Int32Array, scale: number): Float64Array {
  const sum = new Float64Array(matrix.dimensions + 1);
  for (const row of rows) addScaled(sum, 1, toFeatures(matrix, row, scale));
  return sum;
}

/** A^T f for a D x C array A. */
export function multiplyTransposed(array: Float64Array, features: Float64Array, classes: number): Float64Array {
  const product = new Float64Array(classes);
  features.forEach((feature, j) => {
    for (let c = 0; c < classes; c++) product[c]! += feature * array[j * classes + c]!;
  });
  return product;
}

/** Place of `row` among ascending `rows`, or -1. */
function findRow(rows: Int32Array, row: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle]! < row) low = middle + 1;
    else high = middle;
  }
  return rows[low] === row ? low : -1;
}

function checkRequest(matrix: FeatureMatrix, { classes }: LoadedFit, { rows, toward, against, count }: ExplainRequest) {
  const isClass = (c: number) => Number.isInteger(c) && c >= 0 && c < classes;
  if (!isClass(toward) || (against !== null && !isClass(against)))
    throw refused(`The fit has ${classes} classes; one that was asked for is not among them.`);
  if (toward === against) throw tell('bad-request', 'same-class', {});
  if (!(count >= 0)) throw refused(`${count} points cannot be listed.`);
  if (rows.length === 0) throw refused('There is no image to explain.');
  for (const row of rows) {
    if (!(row >= 0 && row < matrix.rows)) throw refused(`There is no image in row ${row} of ${matrix.rows}.`);
    if (!Number.isFinite(matrix.squaredNorms[row])) throw tell('bad-request', 'not-explained', {});
  }
}

const refused = (sentence: string) => new AppError('bad-request', sentence);
