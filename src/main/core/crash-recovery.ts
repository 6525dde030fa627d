// A block under which compute crashed, done again: alone, and without the images that crash it, found by halving.
import type { ExtractedBlock } from '../../shared/compute-contract.ts';
import { isAppError } from '../../shared/errors.ts';
import { sentence } from '../../shared/told.ts';

const crashReason = sentence('problem.crashes');
/** One crash may have come from outside, such as a person or the system ending the process; two in a row did not. */
const attempts = 2;
/** What is said of a picture for good takes one more: alone it is in compute for milliseconds. */
const attemptsAlone = 3;
/** Where more images than this crash and none of a few goes well, or more than half of all, it is the model or the machine. */
const mostCulprits = 8;
const sampleSize = 4;

type Extract = (paths: string[]) => Promise<ExtractedBlock>;

/**
 * Makes the next attempt take less memory; false where that cannot be. Asked where no image crashes by itself: a system that is
 * out of memory ends the process without a word.
 */
type Relieve = () => Promise<boolean>;

/** One for each extraction, so that blocks are recovered one after the other and none suffers for another. */
export class CrashRecovery {
  #last: Promise<unknown> = Promise.resolve();

  /**
   * What `extract` gives for all `paths`, the ones that crash it `failed`. A block is always extracted whole, less those, so
   * that its features do not hang on when a crash came. Throws 'compute-crashed' where that cannot be had.
   */
  recover(paths: string[], extract: Extract, relieve: Relieve): Promise<ExtractedBlock> {
    const recovered = this.#last.then(() => recoverAlone(paths, extract, relieve));
    this.#last = recovered.catch(() => undefined);
    return recovered;
  }
}

async function recoverAlone(paths: string[], extract: Extract, relieve: Relieve): Promise<ExtractedBlock> {
  const culprits = new Set<number>();
  let hasGoneWell = false as boolean;
  const areTooMany = () => culprits.size > (hasGoneWell ? Math.max(mostCulprits, paths.length / 2) : mostCulprits);
  const tryImages = (indices: number[], times: number) =>
    tryTo(async () => {
      const block = await extract(indices.map((index) => paths[index]!));
      hasGoneWell = true;
      return block;
    }, times);

  /** Finds the culprits among images that crash compute together, until there are too many. */
  async function search(indices: number[]): Promise<void> {
    if (indices.length <= 1) {
      if ('crash' in (await tryImages(indices, attemptsAlone))) indices.forEach((index) => culprits.add(index));
      return;
    }
    const middle = Math.ceil(indices.length / 2);
    for (const half of [indices.slice(0, middle), indices.slice(middle)])
      if (!areTooMany() && 'crash' in (await tryImages(half, 1))) await search(half);
  }

  for (;;) {
    const rest = paths.map((_, index) => index).filter((index) => !culprits.has(index));
    const outcome = await tryImages(rest, attempts);
    if ('block' in outcome) return withGaps(outcome.block, rest, culprits, paths.length);
    const sample = Array.from(
      { length: sampleSize },
      (_, i) => rest[Math.floor(((i + 0.5) * rest.length) / sampleSize)]!,
    );
    for (const index of sample) if (!hasGoneWell) await tryImages([index], 1);
    const known = culprits.size;
    await search(rest);
    if (areTooMany() || (culprits.size === known && !(await relieve()))) throw outcome.crash;
  }
}

/** The block, or the last of several crashes in a row; what else is thrown is thrown on. */
async function tryTo(
  extract: () => Promise<ExtractedBlock>,
  times: number,
): Promise<{ block: ExtractedBlock } | { crash: Error }> {
  try {
    return { block: await extract() };
  } catch (error) {
    if (!isAppError(error, 'compute-crashed')) throw error;
    return times > 1 ? tryTo(extract, times - 1) : { crash: error };
  }
}

/** The rows of the others at their places; zeros for the culprits. */
function withGaps(block: ExtractedBlock, rest: number[], culprits: Set<number>, count: number): ExtractedBlock {
  if (culprits.size === 0) return block;
  const spread = (values: Float32Array) => {
    const width = rest.length === 0 ? 0 : values.length / rest.length;
    const all = new Float32Array(count * width);
    rest.forEach((index, at) => all.set(values.subarray(at * width, (at + 1) * width), index * width));
    return all;
  };
  return {
    features: spread(block.features),
    logits: spread(block.logits),
    failed: [
      ...block.failed.map(({ index, reason }) => ({ index: rest[index]!, reason })),
      ...[...culprits].map((index) => ({ index, reason: crashReason })),
    ].sort((a, b) => a.index - b.index),
  };
}
