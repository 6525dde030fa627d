import type { RepresenterPoint } from '../../../shared/evidence.ts';
import type { EvidenceOrder, FitTarget } from '../../../shared/fit.ts';
import { AppError } from '../../../shared/errors.ts';
import { wrongUsage } from '../options.ts';
import type { Answer } from '../program.ts';
import type { Session } from '../session.ts';
import { percent, toTable } from '../table.ts';
import { explainCell, explainErrors } from './explain-errors.ts';

export interface ExplainOptions {
  image?: string[];
  /** True class and predicted class, with a comma between. */
  cell?: string;
  class?: string;
  against?: string;
  top: number;
  order: EvidenceOrder;
  target: FitTarget;
}

/** One image or the sum of some, a cell of the confusion matrix, or without either the matrix itself. */
export async function explain(session: Session, project: string, options: ExplainOptions): Promise<Answer> {
  if (!options.image && (options.class ?? options.against) !== undefined)
    throw wrongUsage('Say which image the class is for (--image).');
  await session.open(project);
  if (options.image) return explainImages(session, { ...options, image: options.image });
  if (options.cell !== undefined) return explainCell(session, options.cell, options);
  return explainErrors(session, options);
}

async function explainImages(session: Session, options: ExplainOptions & { image: string[] }): Promise<Answer> {
  const { image: paths, top: count, order, target: fit } = options;
  const classes = await session.call('classes.list', {});
  const nameOf = (classId: number) => classes.find(({ id }) => id === classId)!.name;
  const idOf = (name: string): number => {
    const found = classes.find((each) => each.name === name);
    if (!found) throw new AppError('bad-request', `${name} is not a class of this project.`);
    return found.id;
  };
  const imageIds: number[] = [];
  for (const path of paths) imageIds.push((await session.call('images.find', { path })).imageId);

  const against = options.against === undefined ? {} : { againstClassId: idOf(options.against) };
  const { logits } = await session.call('images.evidence', { imageIds, classId: 1, count: 0, fit });
  const chosen = options.class === undefined ? 1 + logits.indexOf(Math.max(...logits)) : idOf(options.class);
  const evidence = await session.call('images.evidence', {
    imageIds,
    classId: chosen,
    ...against,
    count,
    order,
    fit,
  });

  const toRow = ({ path, classId, state, suspectRank, value, similarity, cosine }: RepresenterPoint) => ({
    path,
    label: nameOf(classId),
    state,
    suspectRank: suspectRank ?? null,
    value,
    similarity,
    cosine,
  });
  const { logit, own, remainder, remainderCount, residual, bound } = evidence;
  const json = {
    images: paths,
    fit,
    logits: Object.fromEntries(classes.map(({ id, name }) => [name, logits[id - 1]!])),
    class: nameOf(chosen),
    ...(options.against === undefined ? {} : { against: options.against }),
    logit,
    excitatory: evidence.excitatory.map(toRow),
    inhibitory: evidence.inhibitory.map(toRow),
    own,
    withoutOwn: own === null ? null : logit - own,
    remainder,
    remainderCount,
    residual,
    bound,
  };
  const points = [...json.excitatory, ...json.inhibitory];
  const name = `logit of ${json.class}${options.against === undefined ? '' : ` less that of ${options.against}`}`;
  return {
    json,
    lines: [
      ...toTable(
        ['value', 'label', 'similarity', 'cosine', 'path'],
        points.map(({ value, label, similarity, cosine, path }) => [
          value.toFixed(4),
          label,
          similarity.toFixed(3),
          cosine.toFixed(3),
          path,
        ]),
      ),
      ...(own === null ? [] : [`${own.toFixed(4)}  its own label${describeShare(own, logit)}`]),
      `${remainder.toFixed(4)}  the other ${remainderCount} images`,
      `${residual.toFixed(4)}  residual (certified to ±${bound.toPrecision(2)})`,
      `${logit.toFixed(4)}  ${name}${paths.length === 1 ? '' : `, summed over ${paths.length} images`}`,
    ],
  };
}

/** How much of a logit a training image pays for itself; a share says something only where both have one sign. */
const describeShare = (own: number, logit: number): string =>
  own * logit > 0 ? `, ${percent(own / logit)} of the logit; ${(logit - own).toFixed(4)} without it` : '';
