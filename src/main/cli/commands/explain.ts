import type { RepresenterPoint } from '../../../shared/domain.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Answer } from '../program.ts';
import type { Session } from '../session.ts';
import { toTable } from '../table.ts';

export interface ExplainOptions {
  image: string;
  class?: string;
  top: number;
}

export async function explain(session: Session, project: string, options: ExplainOptions): Promise<Answer> {
  await session.open(project);
  const classes = await session.call('classes.list', {});
  const nameOf = (classId: number) => classes.find(({ id }) => id === classId)!.name;
  const { imageId } = await session.call('images.find', { path: options.image });
  const card = await session.call('images.card', { imageId });
  const chosen =
    options.class === undefined ? card.suggestedClassId : classes.find(({ name }) => name === options.class)?.id;
  if (chosen === undefined) throw new AppError('bad-request', `${options.class} is not a class of this project.`);
  const evidence = await session.call('images.evidence', { imageId, classId: chosen, count: options.top });

  const toRow = ({ path, classId, value, similarity }: RepresenterPoint) => ({
    path,
    label: nameOf(classId),
    value,
    similarity,
  });
  const { logit, own, remainder, remainderCount, residual, bound } = evidence;
  const json = {
    logits: Object.fromEntries(classes.map(({ id, name }) => [name, card.logits[id - 1]!])),
    class: nameOf(chosen),
    logit,
    excitatory: evidence.excitatory.map(toRow),
    inhibitory: evidence.inhibitory.map(toRow),
    own,
    remainder,
    remainderCount,
    residual,
    bound,
  };
  const points = [...json.excitatory, ...json.inhibitory];
  return {
    json,
    lines: [
      ...toTable(
        ['value', 'label', 'similarity', 'path'],
        points.map(({ value, label, similarity, path }) => [value.toFixed(4), label, similarity.toFixed(3), path]),
      ),
      ...(own === null ? [] : [`${own.toFixed(4)}  its own label`]),
      `${remainder.toFixed(4)}  the other ${remainderCount} images`,
      `${residual.toFixed(4)}  residual (certified to ±${bound.toPrecision(2)})`,
      `${logit.toFixed(4)}  logit of ${json.class}`,
    ],
  };
}
