// How many pictures a run of the model takes where nobody asks for a number: found by running it.
import type { Provider } from '../../shared/model.ts';
import { isOutOfMemory, type Session } from './session.ts';
import type { TensorWriter } from './tensor-writer.ts';

/** What is tried, each twice the one before: a graphics card wants more at once than a processor. */
const sizes = (provider: Provider) => (provider === 'cpu' ? [8, 16, 32, 64] : [16, 32, 64, 128]);

/** A size is tried as long as those before it left time for it; one alone may take longer, and ends the trial. */
const trialMs = 600;

/** Input that several batches of it are kept of while pictures are decoded ahead. */
const largestBytes = 128 * 2 ** 20;

/** A larger batch must be this much faster: it takes more memory, and its pictures come later. */
const worthwhile = 1.05;

/**
 * The batch of the most images a second on made-up pictures, which are black: what they show changes nothing in the time.
 * A batch that there is no memory for ends the trial with the best before it.
 */
export async function chooseBatch(session: Session, writer: TensorWriter, provider: Provider): Promise<number> {
  const startedAt = performance.now();
  const isOver = () => performance.now() - startedAt > trialMs;
  const [smallest = 1, ...larger] = sizes(provider);
  let best = { batch: 1, perMs: 0 };
  for (const batch of [smallest, ...larger]) {
    if (batch > smallest && batch * writer.tensorBytes > largestBytes) break;
    const perMs = await measure(session, writer, batch, isOver).catch((error: unknown) => {
      if (isOutOfMemory(error)) return 0;
      throw error;
    });
    if (perMs === 0) break;
    if (perMs > best.perMs * worthwhile) best = { batch, perMs };
    // Two runs of the next, at the speed of this one.
    if (performance.now() - startedAt + (2 * 2 * batch) / perMs > trialMs) break;
  }
  return best.batch;
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
