// The test errors of a fit as a confusion matrix, and what the images of one of its cells have in common.
import type { CellImages, RecurringPoint } from '../../../shared/evidence.ts';
import type { FitTarget } from '../../../shared/fit.ts';
import type { LabelClass } from '../../../shared/labels.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Answer } from '../program.ts';
import type { Session } from '../session.ts';
import { percent, toTable } from '../table.ts';

const imagesPerPage = 500;

export interface ErrorOptions {
  top: number;
  target: FitTarget;
}

export async function explainErrors(session: Session, { target: fit, top }: ErrorOptions): Promise<Answer> {
  const classes = await session.call('classes.list', {});
  const confusion = await session.call('confusion.read', { fit });
  const { modelFit } = await session.call('projects.overview', {});
  const nameOf = createNames(classes);
  const errors = confusion.errors.map(({ classId, predictedClassId, images }) => ({
    class: nameOf(classId),
    predicted: nameOf(predictedClassId),
    images,
  }));
  const { testImages, wrong } = confusion;
  const json = {
    fit,
    ...(fit === 'model' ? { fidelity: modelFit?.fidelity } : {}),
    testImages,
    wrong,
    right: Object.fromEntries(classes.map(({ id, name }) => [name, confusion.right[id - 1]!])),
    errorCells: errors.length,
    errors,
  };
  const shown = errors.slice(0, Math.max(top, 10));
  return {
    json,
    lines: [
      `${wrong} of ${testImages} test images are predicted wrong${testImages === 0 ? '' : ` (${percent(wrong / testImages)})`}, in ${errors.length} cells.`,
      ...toTable(
        ['images', 'class', 'predicted'],
        shown.map((cell) => [String(cell.images), cell.class, cell.predicted]),
      ),
    ],
  };
}

export async function explainCell(
  session: Session,
  text: string,
  { target: fit, top: count }: ErrorOptions,
): Promise<Answer> {
  const classes = await session.call('classes.list', {});
  const nameOf = createNames(classes);
  const cell = { fit, ...readCell(text, classes) };
  const evidence = await session.call('confusion.evidence', { ...cell, count });
  const images: CellImages['rows'] = [];
  while (images.length < evidence.images)
    images.push(
      ...(await session.call('confusion.images', { ...cell, from: images.length, count: imagesPerPage })).rows,
    );

  const toRow = ({ path, classId, state, suspectRank, value, recurrence, similarity, cosine }: RecurringPoint) => ({
    path,
    label: nameOf(classId),
    state,
    suspectRank: suspectRank ?? null,
    value,
    recurrence,
    similarity,
    cosine,
  });
  const { logit, remainder, remainderCount, residual, bound, counted } = evidence;
  const json = {
    fit,
    class: nameOf(cell.classId),
    predicted: nameOf(cell.predictedClassId),
    images: images.map(({ path, margin }) => ({ path, margin })),
    counted,
    logit,
    inhibitory: evidence.inhibitory.map(toRow),
    remainder,
    remainderCount,
    residual,
    bound,
  };
  const difference =
    cell.classId === cell.predictedClassId
      ? `logit of ${json.class}`
      : `logit of ${json.class} less that of ${json.predicted}`;
  return {
    json,
    lines: [
      `${images.length} test images of ${json.class} are predicted as ${json.predicted}.`,
      ...toTable(
        ['value', `in top ${count} of`, 'label', 'path'],
        json.inhibitory.map(({ value, recurrence, label, path }) => [
          value.toFixed(4),
          `${recurrence} of ${counted}`,
          label,
          path,
        ]),
      ),
      `${remainder.toFixed(4)}  the other ${remainderCount} images`,
      `${residual.toFixed(4)}  residual (certified to ±${bound.toPrecision(2)})`,
      `${logit.toFixed(4)}  ${difference}, summed over ${images.length} images`,
    ],
  };
}

const createNames = (classes: readonly LabelClass[]) => {
  const names = new Map(classes.map(({ id, name }) => [id, name]));
  return (id: number): string => names.get(id)!;
};

/** 'deer,horse' as two classes; names may hold commas themselves, so each is tried. Throws 'bad-request' where none fits. */
function readCell(text: string, classes: readonly LabelClass[]): { classId: number; predictedClassId: number } {
  const ids = new Map(classes.map(({ id, name }) => [name, id]));
  for (let at = text.indexOf(','); at >= 0; at = text.indexOf(',', at + 1)) {
    const classId = ids.get(text.slice(0, at));
    const predictedClassId = ids.get(text.slice(at + 1));
    if (classId !== undefined && predictedClassId !== undefined) return { classId, predictedClassId };
  }
  throw new AppError(
    'bad-request',
    `${text} does not name two classes of this project: the true one, a comma, the predicted one.`,
  );
}
