// Extraction: from picture files to features and logits, decoding beside inference.
import type { ExtractedBlock } from '../../shared/compute-contract.ts';
import { sentence, tell } from '../../shared/told.ts';
import { decodeInto } from './decode-pool.ts';
import type { OpenModel } from './open-model.ts';
import { Room } from './room.ts';
import { isOutOfMemory } from './session.ts';
import type { PixelTensor } from './tensor-writer.ts';

/** A batch of pictures as the model takes it, until it is freed. */
interface DecodedBatch {
  pixels: PixelTensor;
  count: number;
  failed: Map<number, string>;
}

/** Batches that are being decoded or wait for inference: enough that no thread stands still while the model runs. */
const batchesAhead = 4;

/**
 * Extracts blocks of images with one open model.
 *
 * [Note: overlap] ONNX Runtime holds this thread while it runs. So pictures are decoded on threads of their own, which
 * are given a few batches ahead, across blocks: with two calls under way the next block is decoded while this one runs.
 * Inference goes batch by batch in the order of arrival.
 */
export class Extractor {
  readonly #model: OpenModel;
  readonly #onInferred: (images: number) => void;
  readonly #sent: () => Promise<void>;
  #inferred = 0;
  readonly #room = new Room(batchesAhead);
  /** Memory of batches that are over, to be used again: shared memory costs time to make. */
  readonly #spare: SharedArrayBuffer[] = [];
  /** Settles when the inference of all blocks so far has ended, however. */
  #turn: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  /**
   * `onInferred` is told after each batch how many images have gone through the model, of all blocks; `sent` resolves when
   * the blocks that were answered have left the process.
   */
  constructor(
    model: OpenModel,
    onInferred: (images: number) => void = () => undefined,
    sent: () => Promise<void> = () => Promise.resolve(),
  ) {
    this.#model = model;
    this.#onInferred = onInferred;
    this.#sent = sent;
  }

  /** Features and logits of a block of files, in order; a picture that cannot be used is `failed` and its rows are zeros. */
  extract(paths: string[], signal: AbortSignal): Promise<ExtractedBlock> {
    const { batch } = this.#model;
    const batches = Array.from({ length: Math.ceil(paths.length / batch) }, (_, i) =>
      this.#decode(paths.slice(i * batch, (i + 1) * batch), signal),
    );
    // Their turn comes later, and until then nobody looks at a failure.
    for (const decoding of batches) decoding.catch(() => undefined);
    const block = this.#turn.then(() => this.#infer(paths.length, batches, signal));
    // Whoever comes next waits for the memory too.
    this.#turn = block.catch(() => undefined).then(() => Promise.allSettled(batches));
    return block;
  }

  /** Waits for the block in hand, then frees the session; blocks that come later are refused. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#turn;
    await this.#model.session.release();
  }

  /** The pictures of a batch once there is room for them; what is left over of a fixed batch is zeros. */
  async #decode(paths: string[], signal: AbortSignal): Promise<DecodedBatch & { free(): void }> {
    const { writer, input, preprocessing, batch, isBatchFixed } = this.#model;
    const leave = await this.#room.enter();
    const memory = this.#spare.pop() ?? new SharedArrayBuffer(batch * writer.tensorBytes);
    let isFree = false;
    const free = () => {
      if (isFree) return;
      isFree = true;
      this.#spare.push(memory);
      leave();
    };
    try {
      signal.throwIfAborted();
      const failed = new Map<number, string>();
      const answers = await decodeInto(memory, paths, { input, preprocessing });
      const size = writer.tensorBytes / writer.view(memory).BYTES_PER_ELEMENT;
      const pixels = writer.view(memory);
      for (const { index, reason } of answers) failed.set(index, reason);
      // Of a batch before there may be pictures left, and what a picture gets must not hang on them.
      for (const index of failed.keys()) pixels.fill(0, index * size, (index + 1) * size);
      pixels.fill(0, paths.length * size);
      const count = isBatchFixed ? batch : paths.length;
      return { pixels: pixels.subarray(0, count * size), count, failed, free };
    } catch (error) {
      free();
      throw error;
    }
  }

  async #infer(
    imageCount: number,
    batches: Promise<DecodedBatch & { free(): void }>[],
    signal: AbortSignal,
  ): Promise<ExtractedBlock> {
    const { head, batch } = this.#model;
    const features = new Float32Array(imageCount * head.dimensions);
    const logits = new Float32Array(imageCount * head.classes);
    const failed: ExtractedBlock['failed'] = [];
    try {
      for (const [at, decoding] of batches.entries()) {
        const decoded = await decoding;
        // While the model runs nothing is sent, and a block that is not stored yet would be lost with the process.
        await this.#sent();
        signal.throwIfAborted();
        if (this.#isClosed) throw tell('conflict', 'model-closed', {});
        const first = at * batch;
        const used = Math.min(batch, imageCount - first);
        const answer = await this.#run(decoded.pixels, decoded.count);
        features.set(answer.features.subarray(0, used * head.dimensions), first * head.dimensions);
        logits.set(answer.logits.subarray(0, used * head.classes), first * head.classes);
        for (let i = 0; i < used; i++)
          failed.push(...this.#settle({ features, logits }, decoded.failed.get(i), first + i));
        decoded.free();
        this.#inferred += used;
        this.#onInferred(this.#inferred);
      }
    } finally {
      // Of a block that ends early the rest is given back when it is decoded.
      for (const decoding of batches) void decoding.then(({ free }) => free()).catch(() => undefined);
    }
    return { features, logits, failed };
  }

  /** One run; where there is no memory for it, two of half the pictures, and so on. */
  async #run(pixels: PixelTensor, count: number): Promise<{ features: Float32Array; logits: Float32Array }> {
    const { session, head, isBatchFixed } = this.#model;
    try {
      const { features, logits } = await session.run(pixels, count);
      if (features.length !== count * head.dimensions || logits.length !== count * head.classes)
        throw tell('unsupported', 'uneven-rows', {});
      return { features, logits };
    } catch (error) {
      if (!isOutOfMemory(error)) throw error;
      if (isBatchFixed || count === 1) throw tell('unsupported', 'no-memory', {}, { cause: error });
      const half = Math.ceil(count / 2);
      const at = (half * pixels.length) / count;
      const [first, second] = [
        await this.#run(pixels.subarray(0, at), half),
        await this.#run(pixels.subarray(at), count - half),
      ];
      return {
        features: joined(first.features, second.features),
        logits: joined(first.logits, second.logits),
      };
    }
  }

  /** Clears the rows of an image that failed, and says why. */
  #settle(
    { features, logits }: Pick<ExtractedBlock, 'features' | 'logits'>,
    problem: string | undefined,
    index: number,
  ): ExtractedBlock['failed'] {
    const { dimensions, classes } = this.#model.head;
    const rows = [
      features.subarray(index * dimensions, (index + 1) * dimensions),
      logits.subarray(index * classes, (index + 1) * classes),
    ];
    if (problem === undefined && rows.every((row) => row.every(Number.isFinite))) return [];
    for (const row of rows) row.fill(0);
    return [{ index, reason: problem ?? sentence('problem.not-finite') }];
  }
}

function joined(first: Float32Array, second: Float32Array): Float32Array {
  const all = new Float32Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
