// What cannot be fitted, each with a sentence.
import type { FitRequest } from '../../../shared/compute-contract.ts';
import { AppError } from '../../../shared/errors.ts';
import type { FeatureMatrix } from './feature-matrix.ts';

/** Throws 'bad-request' where the request cannot be fitted on these features. */
export function checkRequest(matrix: FeatureMatrix, request: FitRequest): void {
  const { rows, labels, classes, lambda, tolerance, start } = request;
  if (rows.length === 0) throw refused('There are no train images to fit.');
  if (rows.length !== labels.length) throw refused(`A fit of ${rows.length} images was given ${labels.length} labels.`);
  if (!(classes >= 2)) throw refused('A fit tells classes apart: there must be at least two.');
  if (lambda === 'auto' && rows.length < 2)
    throw refused('Lambda cannot be chosen from a single train image; give it as a number.');
  if (lambda !== 'auto' && !(lambda > 0 && lambda < Infinity))
    throw refused(`Lambda must be a number above zero; ${lambda} is not.`);
  if (!(tolerance > 0)) throw refused(`The tolerance must be a number above zero; ${tolerance} is not.`);
  if (start && start.length !== (matrix.dimensions + 1) * classes)
    throw refused('The weights to start from belong to a head of another shape.');
  checkRows(matrix, request);
}

function checkRows(matrix: FeatureMatrix, { rows, labels, classes }: FitRequest): void {
  let broken = 0;
  rows.forEach((row, i) => {
    const label = labels[i]!;
    if (!(row >= 0 && row < matrix.rows)) throw refused(`There is no image in row ${row} of ${matrix.rows}.`);
    if (i > 0 && row <= rows[i - 1]!) throw refused('The rows of a fit must be ascending.');
    if (!(label >= 0 && label < classes)) throw refused(`Label ${label} is not one of the ${classes} classes.`);
    if (!Number.isFinite(matrix.squaredNorms[row])) broken += 1;
  });
  if (broken > 0)
    throw refused(
      `The model gave features that are not finite numbers for ${broken} of ${rows.length} train images; check its preprocessing, or exclude them.`,
    );
}

const refused = (sentence: string) => new AppError('bad-request', sentence);
