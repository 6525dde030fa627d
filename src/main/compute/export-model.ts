// The repaired model: the original file with a fitted head in the place of its own, checked by running it.
import { constants } from 'node:fs';
import { copyFile, mkdir, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ExportAnswer, ExportRequest } from '../../shared/compute-contract.ts';
import { sentence, tell } from '../../shared/told.ts';
import { decodePicture } from './decode.ts';
import { toModelBytes } from './graph/build.ts';
import { listExternalFiles } from './graph/external-data.ts';
import type { HeadWeights } from './graph/head-weights.ts';
import { hashFiles, readModelFile, type ModelFile } from './graph/model-file.ts';
import { replaceHead } from './graph/replace-head.ts';
import { loadOnnxRuntime } from './native-libraries.ts';
import { proveModel } from './prove-model.ts';
import { toPictureProblem } from './pictures.ts';
import { openSession, toModelError, type SessionPlan } from './session.ts';
import { understandModel } from './understand-model.ts';
import { createTensorWriter } from './tensor-writer.ts';

/** What sums of the same numbers in another order may be apart, relative to the largest logit. */
const tolerances = { float32: 1e-4, float16: 1e-3 };
const batch = 16;

/** Writes and checks; what is thrown leaves no file behind. */
export async function exportModel(request: ExportRequest, signal: AbortSignal): Promise<ExportAnswer> {
  const file = await readModelFile(request.path, request.sha256);
  const proven = await proveModel(file, understandModel(file, request.preprocessing, request.output));
  await proven.session.release();
  const { candidate, head, trial, plan, fixedBatch } = proven;
  const { logitDims, logitType, featureType } = trial.answer;
  const repaired = replaceHead(
    file.bytes,
    { ...candidate, classes: head.classes, logitDims, logitType, featureType },
    toHead(request),
    request.classNames,
    request.metadata,
  );

  const written: string[] = [];
  try {
    const bytes = toModelBytes(repaired.model);
    await writeFile(request.target, bytes, { flag: 'wx' });
    written.push(request.target);
    const needed = listExternalFiles(repaired.model.graph!);
    const copied = await copyExternalFiles(file, needed, dirname(request.target), written);
    const made: ModelFile = { ...(await readModelFile(request.target)), name: file.name };
    await runPlainly(made, plan);
    const logits = { features: repaired.logits, making: [], logits: null };
    const { difference, checked } = await check({ ...plan, file: made, head: logits }, fixedBatch, request, signal);
    if (checked === 0 && request.paths.length > 0) throw tell('unreadable', 'repaired-unchecked', {});
    if (difference <= (featureType === 'float16' ? tolerances.float16 : tolerances.float32))
      return { difference, checked, copied, notes: repaired.notes };
    throw tell('unsupported', 'repaired-differs', { difference: Number((difference * 100).toPrecision(2)) });
  } catch (error) {
    for (const path of written) await rm(path, { force: true });
    if (signal.aborted) throw error;
    if (error instanceof Error && 'syscall' in error)
      throw toWriteError(error as NodeJS.ErrnoException, request.target);
    throw toModelError(error, sentence('subject.repaired', { model: file.name }));
  }
}

const toWriteError = (error: NodeJS.ErrnoException, target: string) =>
  error.code === 'ENOSPC'
    ? tell('no-space', 'repaired-full', { path: target })
    : tell('unreadable', 'repaired-not-written', { path: target }, { cause: error });

/** W and b for features as they are: the scale that the fit divided them by goes into W. */
function toHead({ weights, scale, classNames }: ExportRequest): HeadWeights {
  const rows = weights.length - classNames.length;
  return {
    weights: Float32Array.from(weights.subarray(0, rows), (value) => value / scale),
    bias: Float32Array.from(weights.subarray(rows)),
  };
}

/** The old head's weights may have been all that a file held: what nothing refers to any more is not copied. */
async function copyExternalFiles(
  file: ModelFile,
  needed: string[],
  folder: string,
  written: string[],
): Promise<string[]> {
  if ((await realpath(dirname(file.path))) === (await realpath(folder))) return [];
  const copied: string[] = [];
  for (const location of needed) {
    const path = file.externalPaths.get(location)!;
    const target = join(folder, location);
    await mkdir(dirname(target), { recursive: true });
    // From an export before.
    if (await haveSameBytes(path, target)) continue;
    await copyFile(path, target, constants.COPYFILE_EXCL).catch((cause: unknown) => {
      throw tell('conflict', 'weights-exist', { file: location, path: target }, { cause });
    });
    written.push(target);
    copied.push(location);
  }
  return copied;
}

async function haveSameBytes(path: string, other: string): Promise<boolean> {
  const [size, otherSize] = await Promise.all(
    [path, other].map((each) =>
      stat(each).then(
        ({ size }) => size,
        () => -1,
      ),
    ),
  );
  if (size !== otherSize) return false;
  const [hash, otherHash] = await Promise.all([path, other].map((each) => hashFiles([each])));
  return hash === otherHash;
}

/** As anyone would run it: the file by its path, nothing added. Half-precision inputs cannot be fed from Node. */
async function runPlainly(file: ModelFile, { input, preprocessing }: SessionPlan): Promise<void> {
  const { InferenceSession, Tensor } = await loadOnnxRuntime();
  const session = await InferenceSession.create(file.path);
  try {
    if (input.element === 'float16') return;
    const count = input.batch ?? 1;
    const writer = createTensorWriter(input, preprocessing);
    const { width, height } = preprocessing;
    const dims =
      input.layout === 'nchw' ? [count, input.channels, height, width] : [count, height, width, input.channels];
    const pixels = writer.createTensor(count);
    const fed = pixels instanceof Uint8Array ? new Tensor('uint8', pixels, dims) : new Tensor('float32', pixels, dims);
    await session.run({ [input.name]: fed });
  } finally {
    await session.release();
  }
}

/**
 * Largest difference of the logits of the pictures from those expected, relative to the largest expected, and how many of
 * the pictures can still be read.
 */
async function check(
  plan: SessionPlan,
  fixedBatch: number | null,
  { paths, logits, classNames, provider }: ExportRequest,
  signal: AbortSignal,
): Promise<{ difference: number; checked: number }> {
  const session = await openSession(plan, provider);
  const writer = createTensorWriter(plan.input, plan.preprocessing);
  const size = fixedBatch ?? batch;
  const classes = classNames.length;
  let difference = 0;
  let checked = 0;
  try {
    for (let first = 0; first < paths.length; first += size) {
      signal.throwIfAborted();
      const part = paths.slice(first, first + size);
      const pictures = await Promise.all(
        part.map((path) =>
          decodePicture(path, plan.preprocessing).catch((error: unknown) => void toPictureProblem(error, path)),
        ),
      );
      const count = fixedBatch ?? part.length;
      const pixels = writer.createTensor(count);
      pictures.forEach((picture, index) => picture && writer.write(picture, pixels, index));
      const { features: made } = await session.run(pixels, count);
      for (const [index, picture] of pictures.entries()) {
        if (!picture) continue;
        checked += 1;
        for (let c = 0; c < classes; c++) {
          const apart = Math.abs(made[index * classes + c]! - logits[(first + index) * classes + c]!);
          difference = Math.max(difference, Number.isNaN(apart) ? Infinity : apart);
        }
      }
    }
  } finally {
    await session.release();
  }
  const largest = logits.reduce((max, value) => Math.max(max, Math.abs(value)), 0) || 1;
  return { difference: difference / largest, checked };
}
