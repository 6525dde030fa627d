// Proof that a model does what its file was understood to say: run on made-up pictures, before any real one.
import type { Head } from '../../shared/model.ts';
import { type AppError, isAppError } from '../../shared/errors.ts';
import { sentence, tell } from '../../shared/told.ts';
import type { HeadCandidate } from './graph/find-head.ts';
import { takeMean } from './graph/head-forms.ts';
import { readHeadWeights, type HeadWeights } from './graph/head-weights.ts';
import type { ModelFile } from './graph/model-file.ts';
import { differenceOfHead, judgeHead } from './judge-head.ts';
import { probeHead } from './probe-head.ts';
import { openSession, toModelError, type BatchAnswer, type Session, type SessionPlan } from './session.ts';
import { createTensorWriter, type PixelTensor, type TensorWriter } from './tensor-writer.ts';
import type { UnderstoodModel } from './understand-model.ts';

/** Made-up pictures and what the CPU makes of them. */
export interface Trial {
  pixels: PixelTensor;
  count: number;
  answer: BatchAnswer;
}

export interface ProvenModel {
  plan: SessionPlan;
  /** On the CPU; to be released. */
  session: Session;
  writer: TensorWriter;
  trial: Trial;
  head: Head;
  candidate: HeadCandidate;
  /** null where the model has no head. */
  weights: HeadWeights | null;
  /** How many pictures a run takes exactly, or null where any number. */
  fixedBatch: number | null;
}

/**
 * Opens the model on the CPU, runs it, and takes the first candidate whose head makes the logits that the model makes.
 * Throws 'unsupported' where it cannot be run or none of them does.
 */
export async function proveModel(file: ModelFile, model: UnderstoodModel): Promise<ProvenModel> {
  const { candidates, ending } = model.search;
  const refusals: AppError[] = [];
  for (const candidate of candidates) {
    try {
      return await proveCandidate(file, model, candidate);
    } catch (error) {
      const refusal = toModelError(error, file.name);
      // What the runtime has against the model itself, it will have against every candidate.
      if (!isAppError(error) && candidate.making.length === 0) throw refusal;
      refusals.push(refusal);
    }
  }
  throw tell('unsupported', 'no-head', {
    model: file.name,
    output: candidates.at(-1)!.output,
    operators: ending,
    why: [...new Set(refusals.map(({ message }) => message)), ...nameOutputs(file)].join(' '),
  });
}

/** Where another output could be asked for. */
function nameOutputs({ graph }: ModelFile): string[] {
  const outputs = graph.output.map(({ name }) => name).join(', ');
  return graph.output.length > 1 ? [sentence('because.several-outputs', { outputs })] : [];
}

async function proveCandidate(file: ModelFile, model: UnderstoodModel, found: HeadCandidate): Promise<ProvenModel> {
  const { input, preprocessing } = model;
  const writer = createTensorWriter(input, preprocessing);
  let candidate = found;
  let plan: SessionPlan = { file, input, preprocessing, head: candidate };
  let session = await openSession(plan, 'cpu');
  try {
    let trial = await tryModel(session, writer, input.batch);
    const mean = candidate.kind === 'none' ? meanOfMap(file, model, trial.answer) : undefined;
    if (mean) {
      await session.release();
      candidate = { ...candidate, ...mean };
      plan = { ...plan, head: candidate };
      session = await openSession(plan, 'cpu');
      trial = await tryModel(session, writer, input.batch);
    }
    const weights = await findWeights(file, candidate, trial.answer);
    const head = judgeHead(candidate, trial.answer, weights);
    const isBatchOfOne = input.batch === null && trial.count === 1;
    return { plan, session, writer, trial, head, candidate, weights, fixedBatch: isBatchOfOne ? 1 : input.batch };
  } catch (error) {
    await session.release();
    throw error;
  }
}

/** As the file says them, or else by probing; where a head scales its layer or rounds, only the second finds them. */
async function findWeights(
  file: ModelFile,
  candidate: HeadCandidate,
  answer: BatchAnswer,
): Promise<HeadWeights | null> {
  if (candidate.logits === null) return null;
  if (candidate.layer) {
    const weights = readHeadWeights(candidate.layer, file.externalPaths);
    if (candidate.activation !== null || differenceOfHead(weights, answer) < 1) return weights;
  }
  const probed = await probeHead(file, candidate, answer);
  if (probed) return probed;
  throw tell('unsupported', 'weights-unknown', { kind: candidate.kind });
}

/** A map of at most a sixteenth of the picture's width and height is what a backbone ends in; its mean can be used. */
const smallestShrinking = 16;

/** How to take the mean of an output that is one small map for each picture; undefined for any other output. */
function meanOfMap(
  { graph }: ModelFile,
  { preprocessing }: UnderstoodModel,
  { featureDims }: BatchAnswer,
): Pick<HeadCandidate, 'features' | 'making'> | undefined {
  const [output] = graph.output;
  const [, first = 1, second = 1, third = 1] = featureDims;
  // Detectors give maps as well, but several.
  if (!output || graph.output.length > 1 || featureDims.length !== 4) return undefined;
  const isChannelsLast = third > first && first === second;
  const [height, width] = isChannelsLast ? [first, second] : [second, third];
  const isSmall =
    height * smallestShrinking <= preprocessing.height && width * smallestShrinking <= preprocessing.width;
  return isSmall && height * width > 1 ? takeMean(output.name, isChannelsLast) : undefined;
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
  return run(2).catch((error: unknown) => run(1).catch(() => Promise.reject(error as Error)));
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
