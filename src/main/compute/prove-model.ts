// Proof that a model does what its file was understood to say: run on made-up pictures, before any real one.
import { AppError } from '../../shared/errors.ts';
import { applyHead, readHeadWeights } from './graph/head-weights.ts';
import type { ModelFile } from './graph/model-file.ts';
import { openSession, toModelError, type BatchAnswer, type Session } from './session.ts';
import { createTensorWriter, type PixelTensor, type TensorWriter } from './tensor-writer.ts';
import type { UnderstoodModel } from './understand-model.ts';

/** Made-up pictures and what the CPU makes of them. */
export interface Trial {
  pixels: PixelTensor;
  count: number;
  answer: BatchAnswer;
}

export interface ProvenModel {
  /** On the CPU; to be released. */
  session: Session;
  writer: TensorWriter;
  trial: Trial;
  /** How many pictures a run takes exactly, or null where any number. */
  fixedBatch: number | null;
}

/** Opens the model on the CPU and runs it. Throws 'unsupported' where it cannot be run or its head is not what it seemed. */
export async function proveModel(file: ModelFile, model: UnderstoodModel): Promise<ProvenModel> {
  const writer = createTensorWriter(model.input, model.preprocessing);
  let session: Session | undefined;
  try {
    session = await openSession(file, model, 'cpu');
    const trial = await tryModel(session, writer, model.input.batch);
    verifyHead(file, model, trial);
    const isBatchOfOne = model.input.batch === null && trial.count === 1;
    return { session, writer, trial, fixedBatch: isBatchOfOne ? 1 : model.input.batch };
  } catch (error) {
    await session?.release();
    throw toModelError(error, file.name);
  }
}

/**
 * Runs two pictures. Where that fails and one works, the export has a batch of one written into the graph, whatever its
 * input declares; then the trial is of one.
 */
function tryModel(session: Session, writer: TensorWriter, batch: number | null): Promise<Trial> {
  const run = async (count: number): Promise<Trial> => {
    const pixels = createNoise(writer, count);
    return { pixels, count, answer: await session.run(pixels, count) };
  };
  if (batch !== null) return run(batch);
  return run(2).catch(() => run(1));
}

/** Pictures of noise, the same at every start. */
function createNoise(writer: TensorWriter, count: number): PixelTensor {
  const tensor = writer.createTensor(count);
  let state = 1;
  for (let index = 0; index < count; index++) {
    const picture = Uint8Array.from({ length: writer.pictureBytes }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state >>> 24;
    });
    writer.write(picture, tensor, index);
  }
  return tensor;
}

/** What float32 sums may be apart, relative to 1 + the largest logit (METHODS 1.10). */
const headTolerance = 1e-4;

/** Throws 'unsupported' unless the head that was read from the file makes the model's logits of its features. */
function verifyHead(file: ModelFile, { head }: UnderstoodModel, { answer }: Trial): void {
  const logits = applyHead(readHeadWeights(head, file.externalPaths), answer.features, head.dimensions);
  let largest = 0;
  let difference = 0;
  for (let i = 0; i < logits.length; i++) {
    largest = Math.max(largest, Math.abs(answer.logits[i]!));
    difference = Math.max(difference, Math.abs(logits[i]! - answer.logits[i]!));
  }
  // Written so that NaN fails too.
  if (difference <= headTolerance * (1 + largest)) return;
  throw new AppError(
    'unsupported',
    `${file.name} cannot be used: the ${head.kind} before its output does not make its logits; they differ by ${difference.toPrecision(2)}.`,
  );
}
