import type { ModelDescription, Preprocessing } from '../../shared/model.ts';
import { noteHead } from './judge-head.ts';
import { readClassNames } from './graph/metadata.ts';
import { readModelFile } from './graph/model-file.ts';
import { proveModel } from './prove-model.ts';
import { tryPictures } from './try-pictures.ts';
import { understandModel } from './understand-model.ts';
import { sentence } from '../../shared/told.ts';

/**
 * What an ONNX file takes, where its head is and how pictures are prepared for it, shown to hold on made-up pictures.
 * Throws 'unreadable' or 'unsupported' for the file and 'bad-request' for a choice that does not fit it.
 */
export async function inspectModel(
  path: string,
  choice: Partial<Preprocessing> = {},
  pictures: string[] = [],
  output?: string,
): Promise<ModelDescription & { sha256: string }> {
  const file = await readModelFile(path);
  const model = understandModel(file, choice, output);
  const proven = await proveModel(file, model);
  const { session, candidate, trial, fixedBatch } = proven;
  const classNames = readClassNames(file.model, proven.head.classes);
  const { looks, difference } = await tryPictures(proven, pictures, classNames ?? []).finally(() => session.release());
  const measured = proven.head.difference === null ? null : Math.max(proven.head.difference, difference);
  const head = { ...proven.head, difference: measured };
  const where =
    looks.length === 0 ? sentence('where.made-up') : sentence('where.made-up-and-yours', { pictures: looks.length });
  const { outputs } = model.search;
  const others = file.graph.output.filter(({ name }) => name !== candidate.output);
  return {
    sha256: file.sha256,
    input: { ...model.input, batch: fixedBatch },
    head,
    ...(outputs.length > 1 || output !== undefined
      ? { heads: { chosen: candidate.output, outputs: [...new Set([...outputs, candidate.output])] } }
      : {}),
    preprocessing: model.preprocessing,
    ...(classNames ? { classNames } : {}),
    ...(looks.length === 0 ? {} : { looks }),
    notes: [
      ...model.notes,
      ...noteHead(head, candidate, trial.answer, where),
      ...file.plainOutputs.map((output) => sentence('about.plain-output', { output })),
      ...others.map(({ name }) =>
        sentence(outputs.includes(name) ? 'about.other-head' : 'about.other-output', { output: name }),
      ),
      ...(fixedBatch === null ? [] : [sentence('about.batch', { count: fixedBatch })]),
    ],
  };
}
