// How many pictures a run of the model takes where nobody asks for a number: found by running it.
import type { Provider } from '../../shared/model.ts';
import { isOutOfMemory, type Session } from './session.ts';
import type { TensorWriter } from './tensor-writer.ts';

/**
 * What is tried, each twice the one before, and the input that a batch of more than one may have, of which several are kept
 * while pictures are decoded ahead: a graphics card wants more at once than a processor.
 */
const trialOf = (provider: Provider) =>
  provider === 'cpu'
    ? { sizes: [8, 16, 32, 64, 128], largestBytes: 40 * 2 ** 20 }
    : { sizes: [16, 32, 64, 128], largestBytes: 128 * 2 ** 20 };

/** A size is tried as long as those before it left time for it; one alone may take longer, and ends the trial. */
const trialMs = 600;

/**
 * A larger batch is taken unless it is slower than this share of the fastest. In the trial nothing competes with the model;
 * in an extraction, where decoding does, each run begins and ends with threads that wait for one another.
 */
const nearly = 0.9;

/**
 * The largest batch of nearly the most images a second on made-up pictures, which are black: what they show changes nothing
 * in the time. A batch that there is no memory for ends the trial with the one before it; of pictures so large that the
 * smallest would take more input than a batch may have, as many are tried as it may have, or one.
 */
export async function chooseBatch(session: Session, writer: TensorWriter, provider: Provider): Promise<number> {
  const startedAt = performance.now();
  const isOver = () => performance.now() - startedAt > trialMs;
  const { sizes, largestBytes } = trialOf(provider);
  const most = Math.max(1, Math.floor(largestBytes / writer.tensorBytes));
  const fitting = sizes.filter((size) => size <= most);
  let chosen = 1;
  let fastest = 0;
  for (const batch of fitting.length > 0 ? fitting : [most]) {
    const perMs = await measure(session, writer, batch, isOver).catch((error: unknown) => {
      if (isOutOfMemory(error)) return 0;
      throw error;
    });
    if (perMs === 0) break;
    if (perMs >= nearly * fastest) chosen = batch;
    fastest = Math.max(fastest, perMs);
    // Two runs of the next, at the speed of this one.
    if (performance.now() - startedAt + (2 * 2 * batch) / perMs > trialMs) break;
  }
  return chosen;
}

/** Images a millisecond: the fastest of three runs after the first, which makes room for its shapes; fewer where time is up. */
async function measure(session: Session, writer: TensorWriter, batch: number, isOver: () => boolean): Promise<number> {
  const pixels = writer.createTensor(batch);
  let fastest = Infinity;
  for (let run = 0; run < 4; run++) {
    const startedAt = performance.now();
    await session.run(pixels, batch);
    const took = performance.now() - startedAt;
    fastest = run === 0 ? took : Math.min(fastest, took);
    if (isOver()) break;
  }
  return batch / fastest;
}
