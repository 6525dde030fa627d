// Extraction: from picture files to features and logits, decoding beside inference.
import { AppError } from '../../shared/errors.ts';
import type { ExtractedBlock } from '../../shared/compute-contract.ts';
import { decodePicture } from './decode.ts';
import type { OpenModel } from './open-model.ts';
import { toPictureProblem } from './pictures.ts';

/** The pixels of a picture, or a sentence on why there are none. */
type Decoded = Uint8Array | string;

/**
 * Extracts blocks of images with one open model.
 *
 * [Note: overlap] ONNX Runtime holds this thread while it runs, and sharp decodes on the threads of libuv's pool, which
 * go on meanwhile. So a block is handed to the pool whole as soon as it arrives, and inference goes block by block in
 * the order of arrival: with two calls under way the next block is decoded while this one runs.
 */
export class Extractor {
  readonly #model: OpenModel;
  /** Settles when the inference of all blocks so far has ended, however. */
  #turn: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(model: OpenModel) {
    this.#model = model;
  }

  /** Features and logits of a block of files, in order; a picture that cannot be used is `failed` and its rows are zeros. */
  extract(paths: string[], signal: AbortSignal): Promise<ExtractedBlock> {
    const decoding = Promise.all(paths.map((path) => this.#decode(path)));
    const block = Promise.all([decoding, this.#turn]).then(([pictures]) => this.#infer(pictures, signal));
    this.#turn = block.catch(() => undefined);
    return block;
  }

  /** Waits for the block in hand, then frees the session; blocks that come later are refused. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#turn;
    await this.#model.session.release();
  }

  async #decode(path: string): Promise<Decoded> {
    try {
      return await decodePicture(path, this.#model.preprocessing);
    } catch (error) {
      return toPictureProblem(error);
    }
  }

  async #infer(pictures: Decoded[], signal: AbortSignal): Promise<ExtractedBlock> {
    const { head, batch } = this.#model;
    const features = new Float32Array(pictures.length * head.dimensions);
    const logits = new Float32Array(pictures.length * head.classes);
    for (let first = 0; first < pictures.length; first += batch) {
      signal.throwIfAborted();
      if (this.#isClosed) throw new AppError('conflict', 'The model was closed before this block was extracted.');
      const answer = await this.#runBatch(pictures.slice(first, first + batch));
      features.set(answer.features, first * head.dimensions);
      logits.set(answer.logits, first * head.classes);
    }
    const block = { features, logits };
    return { ...block, failed: pictures.flatMap((picture, index) => this.#settle(block, picture, index)) };
  }

  /** Rows of one batch. A failed picture is run as zeros, so that what the others get does not hang on it. */
  async #runBatch(pictures: Decoded[]): Promise<{ features: Float32Array; logits: Float32Array }> {
    const { session, writer, head, batch, isBatchFixed } = this.#model;
    const count = isBatchFixed ? batch : pictures.length;
    const pixels = writer.createTensor(count);
    pictures.forEach((picture, index) => {
      if (typeof picture !== 'string') writer.write(picture, pixels, index);
    });
    const { features, logits } = await session.run(pixels, count);
    if (features.length !== count * head.dimensions || logits.length !== count * head.classes)
      throw new AppError('unsupported', 'The model gives rows of another length for these pictures than for others.');
    return {
      features: features.subarray(0, pictures.length * head.dimensions),
      logits: logits.subarray(0, pictures.length * head.classes),
    };
  }

  /** Clears the rows of an image that failed, and says why. */
  #settle(
    { features, logits }: Pick<ExtractedBlock, 'features' | 'logits'>,
    picture: Decoded,
    index: number,
  ): ExtractedBlock['failed'] {
    const { dimensions, classes } = this.#model.head;
    const rows = [
      features.subarray(index * dimensions, (index + 1) * dimensions),
      logits.subarray(index * classes, (index + 1) * classes),
    ];
    const isFinite = rows.every((row) => row.every(Number.isFinite));
    if (typeof picture !== 'string' && isFinite) return [];
    for (const row of rows) row.fill(0);
    const reason = typeof picture === 'string' ? picture : 'The model makes no finite numbers of this picture.';
    return [{ index, reason }];
  }
}
