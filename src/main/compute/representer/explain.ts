// Representer points: which training images make up a logit, and by how much (METHODS 1.2, 1.6).
import type { ExplainAnswer, ExplainRequest, LoadedFit } from '../../../shared/compute-contract.ts';
import { AppError } from '../../../shared/errors.ts';
import type { FeatureMatrix } from './feature-matrix.ts';
import type { Products } from './products.ts';
import { dot } from './vectors.ts';
import { TopPoints } from './top-points.ts';

/**
 * Takes the logit of one image, or the difference of two, apart into the values alpha_i (f_i . f) of the training images.
 * The listed values, the own term, the remainder and the residual add up to the logit. Throws 'bad-request' for a row or
 * class that is not there.
 */
export async function explainLogit(
  matrix: FeatureMatrix,
  fit: LoadedFit,
  products: Products,
  request: ExplainRequest,
): Promise<ExplainAnswer> {
  checkRequest(matrix, fit, request);
  const { rows, classes } = fit;
  const features = toFeatures(matrix, request.row, fit.scale);
  const logits = multiplyTransposed(fit.weights, features, classes);
  const logit = pick(logits, 0, request);
  const residual = pick(multiplyTransposed(fit.gradient, features, classes), 0, request) / (2 * fit.lambda);

  /** The place of the image among the training images, or -1. */
  const ownPlace = findRow(rows, request.row);
  const excitatory = new TopPoints(request.count);
  const inhibitory = new TopPoints(request.count);
  await products.multiply(features, (kernels, first, count) => {
    for (let i = 0; i < count; i++) {
      const place = first + i;
      if (place === ownPlace) continue;
      const value = kernels[i]! * pick(fit.alpha, place * classes, request);
      const weight = request.order === 'cosine' ? value / matrix.lengthOf(rows[place]!, fit.scale) : value;
      if (value > 0) excitatory.offer(weight, place);
      else if (value < 0) inhibitory.offer(-weight, place);
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

  /** Computed anew in float64, whatever precision the search was made in. */
  function toPoint(place: number): { row: number; value: number; similarity: number } {
    const row = rows[place]!;
    const other = toFeatures(matrix, row, fit.scale);
    const kernel = dot(features, other);
    return {
      row,
      value: kernel * pick(fit.alpha, place * classes, request),
      similarity: kernel / Math.sqrt(dot(features, features) * dot(other, other)),
    };
  }
}

/** Entry `target` of the C values at `offset`, less entry `against`. */
function pick(values: ArrayLike<number>, offset: number, { target, against }: ExplainRequest): number {
  return values[offset + target]! - (against === null ? 0 : values[offset + against]!);
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

/** A^T f for a D x C array A. */
function multiplyTransposed(array: Float64Array, features: Float64Array, classes: number): Float64Array {
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

function checkRequest(matrix: FeatureMatrix, { classes }: LoadedFit, { row, target, against, count }: ExplainRequest) {
  const isClass = (c: number) => Number.isInteger(c) && c >= 0 && c < classes;
  if (!(row >= 0 && row < matrix.rows)) throw refused(`There is no image in row ${row} of ${matrix.rows}.`);
  if (!isClass(target) || (against !== null && !isClass(against)))
    throw refused(`The fit has ${classes} classes; one that was asked for is not among them.`);
  if (!(count >= 0)) throw refused(`${count} points cannot be listed.`);
  if (!Number.isFinite(matrix.squaredNorms[row]))
    throw refused(
      'The model gave features that are not finite numbers for this image, so its logits cannot be explained.',
    );
}

const refused = (sentence: string) => new AppError('bad-request', sentence);
