// Features for the images that lack them, block by block. To resume is no feature but a query: which blocks are missing.
import { join } from 'node:path';
import type { ExtractedBlock } from '../../shared/compute-contract.ts';
import type { Provider, ProviderRefusal } from '../../shared/model.ts';
import { cancelled, isAppError } from '../../shared/errors.ts';
import { sentence, tell } from '../../shared/told.ts';
import type { ComputeClient } from './compute-client.ts';
import { CrashRecovery } from './crash-recovery.ts';
import type { JobContext, JobOutcome } from './jobs.ts';
import { findMissingBlocks, requireFolder, type BlockToDo } from './missing-blocks.ts';
import { noteProviders } from './models.ts';
import { requireImageRoot, requireModel, type Project } from './project.ts';

export interface ExtractParams {
  provider: 'auto' | Provider;
  batch?: number | undefined;
}

export interface ExtractResult {
  /** Images whose features were computed now, those that had them, and those that could not be read. */
  done: number;
  skipped: number;
  failed: { path: string; reason: string }[];
  imagesPerSecond: number;
  provider: Provider;
  /** Pictures that the model took at a time. */
  batch: number;
  /** What is to be said of all features of the model: that several providers made them. */
  notes: string[];
  providersTried: ProviderRefusal[];
}

/** Blocks under way at once: while one is in the model, the next is being decoded. */
const blocksInFlight = 2;

/** How often the model is opened anew after a crash, before the extraction fails. */
const mostOpenings = 5;

export async function extract(
  project: Project,
  compute: ComputeClient,
  params: ExtractParams,
  { signal, report }: JobContext,
): Promise<JobOutcome> {
  const { store } = project;
  const model = requireModel(project);
  const root = requireImageRoot(project);
  if (store.images.count() === 0) throw tell('not-found', 'no-images', {});
  const { head } = model.description;
  /** Found once for a model: what is extracted later is extracted the same way, to the bit. */
  let known = model.provider && model.batch ? { provider: model.provider, batch: model.batch } : undefined;
  let askedBatch = params.batch;

  /** Images that went through the model since it was opened, and those of them whose block has been answered. */
  let inferred = 0;
  let answered = 0;
  const open = () => {
    inferred = answered = 0;
    return compute.call(
      'model.open',
      {
        path: model.path,
        sha256: model.sha256,
        preprocessing: model.description.preprocessing,
        output: model.description.heads?.chosen,
        provider: params.provider,
        ...(askedBatch === undefined ? {} : { batch: askedBatch }),
        ...(known === undefined ? {} : { known }),
      },
      { signal },
    );
  };
  report({ done: 0, total: null, stage: 'opening-model' });
  let opened: { generation: number; answer: ReturnType<typeof open> } | undefined;
  /**
   * Opens the model once for each compute process, however many blocks ask. A crash meanwhile says nothing of the pictures,
   * so it is only tried again.
   */
  const ensureOpen = async (attempt = 1): ReturnType<typeof open> => {
    if (opened?.generation !== compute.generation) opened = { generation: compute.generation, answer: open() };
    try {
      return await opened.answer;
    } catch (error) {
      if (!isAppError(error, 'compute-crashed') || attempt === mostOpenings) throw error;
      // The system ends a process whose trial of batches takes all memory; once it may have been a person.
      if (attempt > 1 && !known) askedBatch ??= 1;
      return ensureOpen(attempt + 1);
    }
  };
  let { provider, batch, providersTried } = await ensureOpen();
  const keepBatch = () => {
    known = { provider, batch };
    store.transaction(() => store.models.setProvider(model.id, provider, batch, providersTried));
  };
  keepBatch();
  /** Half as many pictures at a time from now on, in a new process: a block that is under way in the old one is done again. */
  const relieve = async (): Promise<boolean> => {
    if (model.description.input.batch !== null || batch === 1) return false;
    askedBatch = batch = Math.ceil(batch / 2);
    keepBatch();
    await compute.close();
    return true;
  };

  const missing = findMissingBlocks(project, model.id, root);
  const { extractable } = store.images.extractedCount(model.id);
  const skipped = missing.reduce((rest, { images }) => rest - images.length, extractable);

  const startedAt = Date.now();
  let done = 0;
  const failed: ExtractResult['failed'] = [];

  const recovery = new CrashRecovery();
  const extractPaths = async (paths: string[], attempt = 1): Promise<ExtractedBlock> => {
    ({ provider, providersTried } = await ensureOpen());
    const hasEndedSince = opened?.generation !== compute.generation;
    if (hasEndedSince && attempt < mostOpenings) return extractPaths(paths, attempt + 1);
    const answer = await compute.call('model.extract', { paths }, { signal });
    answered += paths.length;
    return answer;
  };
  const isElsewhere = store.features.providers(model.id).some((each) => each !== provider);
  const stage = isElsewhere ? 'extracting-elsewhere' : 'extracting';
  const reportImages = () => report({ done: skipped + done + inferred - answered, total: extractable, stage });

  async function extractBlock({ firstImageId, count, images }: BlockToDo): Promise<void> {
    const paths = images.map(({ path }) => join(root, path));
    const answer = await extractPaths(paths).catch((error: unknown) => {
      if (!isAppError(error, 'compute-crashed')) throw error;
      return recovery.recover(paths, (some) => extractPaths(some), relieve);
    });
    if (answer.failed.length > 0) requireFolder(root);

    const features = new Float32Array(count * head.dimensions);
    const logits = new Float32Array(count * head.classes);
    images.forEach(({ id }, index) => {
      const place = id - firstImageId;
      features.set(
        answer.features.subarray(index * head.dimensions, (index + 1) * head.dimensions),
        place * head.dimensions,
      );
      logits.set(answer.logits.subarray(index * head.classes, (index + 1) * head.classes), place * head.classes);
    });
    const problems = answer.failed.map(({ index, reason }) => ({ ...images[index]!, reason }));
    store.transaction(() =>
      store.features.save(model.id, count, {
        firstImageId,
        features,
        logits,
        provider,
        failed: problems.map(({ id, reason }) => ({ imageId: id, reason })),
      }),
    );
    failed.push(...problems.map(({ path, reason }) => ({ path, reason })));
    done += images.length;
    reportImages();
  }

  reportImages();
  // A block takes a slow model a minute, so its batches are counted.
  const stopListening = compute.onProgress((progress) => {
    inferred = progress.done;
    reportImages();
  });
  await forEachInFlight(missing, blocksInFlight, signal, extractBlock).finally(() => {
    stopListening();
    // Of blocks that ended early nothing is kept.
    inferred = answered = 0;
    reportImages();
  });

  const seconds = Math.max(1e-3, (Date.now() - startedAt) / 1000);
  const result: ExtractResult = {
    done: done - failed.length,
    skipped,
    failed,
    imagesPerSecond: Math.round((done / seconds) * 10) / 10,
    provider,
    batch,
    notes: noteProviders(store, model.id),
    providersTried,
  };
  const note = [sentence('result.extract', { count: result.done, provider, rate: Math.round(result.imagesPerSecond) })];
  if (failed.length > 0) note.push(sentence('result.extract-problems', { count: failed.length }));
  return { note: [...note, ...result.notes].join(' '), result };
}

/** Runs `work` over the items in order, a few at once; after the first failure none is begun, and those under way are awaited. */
async function forEachInFlight<T>(
  items: readonly T[],
  atOnce: number,
  signal: AbortSignal,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  let failure: { error: unknown } | undefined;
  const lane = async () => {
    for (const item of queue) {
      if (failure) return;
      try {
        signal.throwIfAborted();
        await work(item);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  if (!failure) return;
  if (signal.aborted) throw cancelled(failure.error);
  throw failure.error;
}
