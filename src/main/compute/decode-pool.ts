// The threads that decode: as many as there are cores, for the whole process, started when first needed.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { ModelInput, Preprocessing } from '../../shared/model.ts';
import { AppError } from '../../shared/errors.ts';
import { loadSharp } from './native-libraries.ts';

/** How pictures enter a model. */
export interface PictureForm {
  input: ModelInput;
  preprocessing: Preprocessing;
}

export interface DecodeRequest extends PictureForm {
  id: number;
  /** Each with its place in the memory. */
  pictures: { path: string; index: number }[];
  /** Room for a batch, as the model takes it. */
  memory: SharedArrayBuffer;
}

export interface DecodeAnswer {
  id: number;
  failed: { index: number; reason: string }[];
  /** The sentence of what stands in the way of all pictures. */
  error: string | null;
}

interface Thread {
  worker: Worker;
  waiting: Map<number, { resolve(answer: DecodeAnswer): void; reject(error: Error): void }>;
}

let threads: Promise<Thread[]> | undefined;
let lastId = 0;

/**
 * Starts the threads, which load what they need while the caller does something else; the first pictures wait less.
 * Throws 'unavailable' where the decoder cannot be loaded.
 */
export function startDecoding(): Promise<Thread[]> {
  return (threads ??= loadSharp().then(() => Array.from({ length: availableParallelism() }, startThread)));
}

/**
 * Decodes the files into `memory`, each at its place, and returns a sentence for each that cannot be used; its place is
 * left as it is. Throws 'unavailable' where the decoder cannot be loaded.
 */
export async function decodeInto(
  memory: SharedArrayBuffer,
  paths: readonly string[],
  { input, preprocessing }: PictureForm,
): Promise<DecodeAnswer['failed']> {
  const started = await startDecoding();
  const { length } = started;
  const pictures = paths.map((path, index) => ({ path, index }));
  const parts = started.map((thread, at) => ({
    thread,
    // Turn by turn, so that the files of one folder, which are much alike, fall on all threads.
    pictures: pictures.filter(({ index }) => (index + lastId) % length === at),
  }));
  const answers = await Promise.all(
    parts
      .filter((part) => part.pictures.length > 0)
      .map((part) => ask(part.thread, { id: ++lastId, input, preprocessing, pictures: part.pictures, memory })),
  );
  const error = answers.find((answer) => answer.error !== null)?.error;
  if (error != null) throw new AppError('unavailable', error);
  return answers.flatMap((answer) => answer.failed);
}

function ask({ worker, waiting }: Thread, request: DecodeRequest): Promise<DecodeAnswer> {
  return new Promise((resolve, reject) => {
    // A process waits for its pictures, and not for threads that have nothing to do.
    worker.ref();
    waiting.set(request.id, { resolve, reject });
    worker.postMessage(request);
  });
}

function startThread(): Thread {
  const isSource = import.meta.url.endsWith('.ts');
  const worker = new Worker(new URL(isSource ? './decode-worker.ts' : './decode-worker.js', import.meta.url), {
    execArgv: [],
  });
  const thread: Thread = { worker, waiting: new Map() };
  worker.unref();
  worker.on('message', (answer: DecodeAnswer) => {
    thread.waiting.get(answer.id)?.resolve(answer);
    thread.waiting.delete(answer.id);
    if (thread.waiting.size === 0) worker.unref();
  });
  worker.on('error', (error: Error) => {
    // A thread that is gone takes the pool with it, and the next picture starts another.
    threads = undefined;
    for (const { reject } of thread.waiting.values()) reject(error);
    thread.waiting.clear();
  });
  return thread;
}
