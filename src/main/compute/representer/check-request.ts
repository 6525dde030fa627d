// What cannot be fitted, each with a sentence.
import type { FitRequest } from '../../../shared/compute-contract.ts';
import { AppError } from '../../../shared/errors.ts';
import { tell } from '../../../shared/told.ts';
import type { FeatureMatrix } from './feature-matrix.ts';

/** Beyond these alpha, the penalty or float32 copies of them are no numbers any more. */
const [leastLambda, greatestLambda] = [1e-30, 1e30];
/** Sum of squared features that float32 products still hold. */
const greatestSquares = 1e36;

/** Throws 'bad-request' where the request cannot be fitted on these features. */
export function checkRequest(matrix: FeatureMatrix, request: FitRequest): void {
  const { rows, labels, classes, lambda, tolerance, start, startFit, imitate } = request;
  if (rows.length === 0) throw refused('There are no train images to fit.');
  if (rows.length !== labels.length) throw refused(`A fit of ${rows.length} images was given ${labels.length} labels.`);
  if (!(classes >= 2)) throw refused('A fit tells classes apart: there must be at least two.');
  if (lambda === 'auto' && rows.length < 2) throw tell('bad-request', 'single-image', {});
  if (lambda !== 'auto' && !(lambda > 0 && lambda < Infinity))
    throw tell('bad-request', 'lambda-not-positive', { lambda });
  if (lambda !== 'auto' && !(lambda >= leastLambda && lambda <= greatestLambda))
    throw tell('bad-request', 'lambda-range', { least: leastLambda, greatest: greatestLambda, lambda });
  if (!(tolerance > 0 && tolerance < Infinity)) throw tell('bad-request', 'tolerance', { tolerance });
  if (start && start.length !== (matrix.dimensions + 1) * classes)
    throw refused('The weights to start from belong to a head of another shape.');
  if (startFit && startFit.gradient.length !== start?.length)
    throw refused('The fit to go on from and the weights to start from belong to heads of different shapes.');
  if (imitate && imitate.logits.length !== rows.length * classes)
    throw refused('The logits of the model do not belong to these train images and classes.');
  if (imitate && lambda === 'auto') throw tell('bad-request', 'lambda-of-labels', {});
  checkRows(matrix, request);
}

function checkRows(matrix: FeatureMatrix, { rows, labels, classes, featureScale }: FitRequest): void {
  let broken = 0;
  let squares = 0;
  rows.forEach((row, i) => {
    const label = labels[i]!;
    if (!(row >= 0 && row < matrix.rows)) throw refused(`There is no image in row ${row} of ${matrix.rows}.`);
    if (i > 0 && row <= rows[i - 1]!) throw refused('The rows of a fit must be ascending.');
    if (!(label >= 0 && label < classes)) throw refused(`Label ${label} is not one of the ${classes} classes.`);
    if (!Number.isFinite(matrix.squaredNorms[row])) broken += 1;
    squares += matrix.squaredNorms[row]!;
  });
  if (broken > 0) throw tell('bad-request', 'features-not-finite', { broken, images: rows.length });
  if (featureScale === 'none' && squares > greatestSquares) throw tell('bad-request', 'features-too-large', {});
}

const refused = (sentence: string) => new AppError('bad-request', sentence);
