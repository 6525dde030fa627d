// What cannot be fitted, each with a sentence.
import type { FitRequest } from '../../../shared/compute-contract.ts';
import { AppError } from '../../../shared/errors.ts';
import type { FeatureMatrix } from './feature-matrix.ts';

/** Beyond these alpha, the penalty or float32 copies of them are no numbers any more. */
const [leastLambda, greatestLambda] = [1e-30, 1e30];
/** Sum of squared features that float32 products still hold. */
const greatestSquares = 1e36;

/** Throws 'bad-request' where the request cannot be fitted on these features. */
export function checkRequest(matrix: FeatureMatrix, request: FitRequest): void {
  const { rows, labels, classes, lambda, tolerance, start, imitate } = request;
  if (rows.length === 0) throw refused('There are no train images to fit.');
  if (rows.length !== labels.length) throw refused(`A fit of ${rows.length} images was given ${labels.length} labels.`);
  if (!(classes >= 2)) throw refused('A fit tells classes apart: there must be at least two.');
  if (lambda === 'auto' && rows.length < 2)
    throw refused('Lambda cannot be chosen from a single train image; give it as a number.');
  if (lambda !== 'auto' && !(lambda > 0 && lambda < Infinity))
    throw refused(`Lambda must be a number above zero; ${lambda} is not.`);
  if (lambda !== 'auto' && !(lambda >= leastLambda && lambda <= greatestLambda))
    throw refused(`Lambda must lie between ${leastLambda} and ${greatestLambda}; ${lambda} does not.`);
  if (!(tolerance > 0 && tolerance < Infinity))
    throw refused(`The tolerance must be a number above zero; ${tolerance} is not.`);
  if (start && start.length !== (matrix.dimensions + 1) * classes)
    throw refused('The weights to start from belong to a head of another shape.');
  if (imitate && imitate.logits.length !== rows.length * classes)
    throw refused('The logits of the model do not belong to these train images and classes.');
  if (imitate && lambda === 'auto')
    throw refused('Lambda is chosen by the given labels, which a fit of the model does not use; give it as a number.');
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
  if (broken > 0)
    throw refused(
      `The model gave features that are not finite numbers for ${broken} of ${rows.length} train images; check its preprocessing, or exclude them.`,
    );
  if (featureScale === 'none' && squares > greatestSquares)
    throw refused('The features are too large to be fitted as they are; have them scaled to unit size.');
}

const refused = (sentence: string) => new AppError('bad-request', sentence);
