// [Note: beside the order in use] The queue that learns: after every few decisions compute takes one step in the background, and what is left of the queue
// has another order. The step never waits for a person nor a person for it: it writes beside the order in use, and then that
// other ranking is the learned one. Long work that a person asks for ends a step under way; what it had not learned yet, the
// next one learns.
import type { Verdicts } from '../../shared/compute-contract.ts';
import type { FitSummary } from '../../shared/fit.ts';
import type { QueueLearning } from '../../shared/ranking.ts';
import { isAppError } from '../../shared/errors.ts';
import type { LabelRow } from '../store/label-table.ts';
import type { RankedImage } from '../store/ranking-table.ts';
import type { ComputeClient } from './compute-client.ts';
import { expectGain } from './gain.ts';
import type { Loaded } from './loaded.ts';
import { requireModel, type Project } from './project.ts';
import { removeRanking, toRankRequest, writeRanking } from './rankings.ts';

/** A step is due after one decision in so many images, but neither too often nor too seldom. */
const stepsInAll = 50;
const [fewest, most] = [20, 200];
/** Each step has a name of its own, counted on, since orders under somebody's hands may be of the steps before. */
const prefix = 'learned ';

interface LearningOptions {
  project: Project;
  compute: ComputeClient;
  loaded: Loaded;
  /** Whether long work has the compute process to itself. */
  isBusy(): boolean;
  onReordered(learning: QueueLearning): void;
  onBug(error: unknown): void;
}

export class Learning {
  readonly #options: LearningOptions;
  #step: Promise<void> | undefined;
  #controller: AbortController | undefined;
  /** Train images under the newest fit: counting them takes longer than a decision may. */
  #train = { fitId: 0, images: 0 };
  #isClosed = false;

  constructor(options: LearningOptions) {
    this.#options = options;
  }

  /** To be called after each decision; starts a step where one is due. */
  noteDecision(): void {
    if (this.#isClosed || this.#step || this.#options.isBusy() || this.#dueIn() > 0) return;
    this.#step = this.#learn()
      .catch((error: unknown) => {
        // Compute was restarted or the project closed: the next decision tries again.
        if (!isAppError(error)) this.#options.onBug(error);
      })
      .finally(() => (this.#step = undefined));
  }

  /** Learns from what it has not learned from yet, and waits for it. Throws 'cancelled'. */
  async catchUp(signal: AbortSignal): Promise<void> {
    await this.#step;
    const stop = () => this.#controller?.abort();
    signal.addEventListener('abort', stop, { once: true });
    try {
      if (this.#countNew() > 0) await this.#learn();
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  read(): QueueLearning {
    const { store } = this.#options.project;
    const fit = this.#newestFit();
    const learned = fit ? store.learnedQueues.find(fit.rankingFitId) : undefined;
    const estimate = learned?.estimate ?? null;
    return {
      verdicts: learned?.verdicts ?? 0,
      estimate,
      gain: expectGain(this.#options.project, estimate),
      dueIn: this.#dueIn(),
    };
  }

  #dueIn(): number {
    const fitId = this.#newestFit()?.id ?? 0;
    if (this.#train.fitId !== fitId || fitId === 0)
      this.#train = { fitId, images: this.#options.project.store.images.countBySplit().train };
    const due = Math.max(fewest, Math.min(most, Math.round(this.#train.images / stepsInAll)));
    return Math.max(0, due - this.#countNew());
  }

  /** Ends the step under way; its order is not taken. */
  async stop(): Promise<void> {
    this.#controller?.abort();
    await this.#step;
  }

  /** No step begins any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.stop();
  }

  #newestFit(): FitSummary | null {
    const { store } = this.#options.project;
    const { modelId } = store.project.read();
    return modelId === null ? null : store.fits.latest(modelId);
  }

  /** Decisions since the last step, or since the beginning: a fit itself learns nothing from them. */
  #countNew(): number {
    const { store } = this.#options.project;
    const fit = this.#newestFit();
    return fit ? store.decisions.newestId() - (store.learnedQueues.find(fit.rankingFitId)?.labelsRevision ?? 0) : 0;
  }

  async #learn(): Promise<void> {
    const { project, compute, loaded, onReordered } = this.#options;
    const { signal } = (this.#controller = new AbortController());
    const { store } = project;
    await loaded.fit();
    const fit = this.#newestFit()!;
    const labelsRevision = store.decisions.newestId();
    const images = store.labels.ofSplit('train', requireModel(project).id);
    const verdicts = toVerdicts(images);
    const answer = await compute.call(
      'rank.learn',
      {
        ...toRankRequest(images, store.classes.count(), store.fits.find(fit.id)!),
        ...verdicts,
        open: placesOf(images, ({ state }) => state === 'open'),
        seed: labelsRevision,
      },
      { signal },
    );
    const rest = placesOf(images, ({ state }) => state !== 'open');
    const ranked = [...answer.order, ...rest].map((place): RankedImage => ({
      imageId: images[place]!.imageId,
      score: answer.score[place]!,
      suggestedClassId: answer.suggested[place]! + 1,
      probability: answer.probability[place]!,
      secondClassId: answer.second[place]! + 1,
    }));
    const { rankingFitId } = fit;
    const newest = store.learnedQueues.find(rankingFitId)?.method.slice(prefix.length);
    const method = `${prefix}${1 + Number(newest ?? 0)}`;
    await writeRanking(project, rankingFitId, method, ranked, signal);
    store.learnedQueues.save({
      fitId: rankingFitId,
      method,
      labelsRevision,
      verdicts: verdicts.judged.length,
      estimate: answer.estimate,
    });
    onReordered(this.read());
    for (const name of store.rankings.methods(rankingFitId))
      if (name.startsWith(prefix) && name !== method && !project.orders.uses(rankingFitId, name))
        await removeRanking(project, rankingFitId, name, signal);
  }
}

const placesOf = (images: readonly LabelRow[], isWanted: (image: LabelRow) => boolean): Int32Array =>
  Int32Array.from(images.keys()).filter((place) => isWanted(images[place]!));

/** What people were sure of. To exclude says that the label is wrong, since no class is right. */
export function toVerdicts(images: readonly LabelRow[]): Verdicts {
  const judged = placesOf(images, ({ state }) => state === 'kept' || state === 'relabelled' || state === 'excluded');
  return { judged, isWrong: Uint8Array.from(judged, (place) => Number(images[place]!.state !== 'kept')) };
}
