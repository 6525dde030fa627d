// The test images that a fit predicts wrong: as a confusion matrix, by cell, and what the images of a cell have in common.
import type { CoreHandlerCalls } from '../../shared/core-contract.ts';
import type { CellEvidence, CellImages, Confusion } from '../../shared/evidence.ts';
import type { FitTarget } from '../../shared/fit.ts';
import { tell } from '../../shared/told.ts';
import { contentKeyOf } from '../../shared/media-url.ts';
import type { ComputeClient } from './compute-client.ts';
import { requireClasses, requireImage, toEvidence } from './images.ts';
import type { Loaded } from './loaded.ts';
import { argmax, forEachPrediction } from './predict.ts';
import { requireModel, type Project } from './project.ts';

type Cell = Pick<CoreHandlerCalls['confusion.images']['params'], 'fit' | 'classId' | 'predictedClassId'>;

/** Of the test images of a fit, in order of image id. */
interface Predictions {
  fitId: number;
  /** Class of each train image in the fit, by image id. */
  classIds: Int32Array;
  imageIds: Int32Array;
  trueClassIds: Int32Array;
  predictedClassIds: Int32Array;
  /** Logit of the true class less the largest other one. */
  margins: Float64Array;
}

export class Confusions {
  readonly #project: Project;
  readonly #compute: ComputeClient;
  readonly #loaded: Loaded;
  /** Of the newest fit of each target: all calls on one fit ask for the same. */
  readonly #predictions = new Map<FitTarget, { fitId: number; loading: Promise<Predictions> }>();

  constructor(project: Project, compute: ComputeClient, loaded: Loaded) {
    this.#project = project;
    this.#compute = compute;
    this.#loaded = loaded;
  }

  /** Throws 'not-found' where there is no such fit; a project without test images has an empty matrix. */
  async read(fit: FitTarget): Promise<Confusion> {
    const { fitId, trueClassIds, predictedClassIds } = await this.#predict(fit);
    const classes = this.#project.store.classes.count();
    const right = new Array<number>(classes).fill(0);
    const wrong = new Map<number, number>();
    trueClassIds.forEach((classId, i) => {
      const predicted = predictedClassIds[i]!;
      if (predicted === classId) return void (right[classId - 1]! += 1);
      const cell = (classId - 1) * classes + predicted - 1;
      wrong.set(cell, (wrong.get(cell) ?? 0) + 1);
    });
    const errors = [...wrong].sort(([cellA, a], [cellB, b]) => b - a || cellA - cellB);
    return {
      fit,
      fitId,
      testImages: trueClassIds.length,
      right,
      wrong: errors.reduce((sum, [, images]) => sum + images, 0),
      errors: errors.map(([cell, images]) => ({
        classId: 1 + Math.floor(cell / classes),
        predictedClassId: 1 + (cell % classes),
        images,
      })),
    };
  }

  async readImages({ from, count, ...cell }: Cell & { from: number; count: number }): Promise<CellImages> {
    const predictions = await this.#predict(cell.fit);
    const places = this.#placesOf(predictions, cell);
    const rows = places.slice(from, from + count).map((place) => {
      const { id, sha256, path } = requireImage(this.#project, predictions.imageIds[place]!);
      return { imageId: id, contentKey: contentKeyOf(sha256), path, margin: predictions.margins[place]! };
    });
    return { total: places.length, from, rows };
  }

  /** For a cell of right images the logit of their class stands alone. Throws 'not-found' for an empty cell. */
  async readEvidence({ count, ...cell }: Cell & { count: number }, signal: AbortSignal): Promise<CellEvidence> {
    const predictions = await this.#predict(cell.fit);
    const { fit, classId, predictedClassId } = cell;
    const places = this.#placesOf(predictions, cell);
    if (places.length === 0) throw tell('not-found', 'empty-cell', {});
    const againstClassId = predictedClassId === classId ? undefined : predictedClassId;
    const answer = await this.#compute.call(
      'fit.recurring',
      {
        fit,
        rows: Int32Array.from(places, (place) => predictions.imageIds[place]! - 1),
        toward: classId - 1,
        against: againstClassId === undefined ? null : againstClassId - 1,
        count,
      },
      { signal },
    );
    const evidence = toEvidence(this.#project, predictions.classIds, answer, { classId, againstClassId });
    return {
      ...evidence,
      inhibitory: evidence.inhibitory.map((point, i) => ({ ...point, recurrence: answer.recurrence[i]! })),
      images: places.length,
      counted: answer.counted,
    };
  }

  /** Places of the images of a cell, the lowest margin first. */
  #placesOf({ trueClassIds, predictedClassIds, margins }: Predictions, cell: Cell): number[] {
    requireClasses(this.#project, cell.classId, cell.predictedClassId);
    const places: number[] = [];
    trueClassIds.forEach((classId, place) => {
      if (classId === cell.classId && predictedClassIds[place] === cell.predictedClassId) places.push(place);
    });
    return places.sort((a, b) => margins[a]! - margins[b]!);
  }

  async #predict(fit: FitTarget): Promise<Predictions> {
    const { fitId, classIds } = await this.#loaded.fit(fit);
    let predictions = this.#predictions.get(fit);
    if (predictions?.fitId !== fitId)
      this.#predictions.set(fit, (predictions = { fitId, loading: this.#predictTest(fit, fitId, classIds) }));
    try {
      return await predictions.loading;
    } catch (error) {
      if (this.#predictions.get(fit) === predictions) this.#predictions.delete(fit);
      throw error;
    }
  }

  async #predictTest(fit: FitTarget, fitId: number, fitClassIds: Int32Array): Promise<Predictions> {
    const { store } = this.#project;
    const classes = store.classes.count();
    const test = store.labels.ofSplit('test', requireModel(this.#project).id).filter(({ classId }) => classId !== null);
    const imageIds = Int32Array.from(test, ({ imageId }) => imageId);
    const trueClassIds = Int32Array.from(test, ({ classId }) => classId!);
    const predictedClassIds = new Int32Array(test.length);
    const margins = new Float64Array(test.length);
    // Shared by all who ask, so that none of them may stop it.
    const { signal } = new AbortController();
    await forEachPrediction(this.#compute, fit, imageIds, signal, (logits, first, count) => {
      for (let i = 0; i < count; i++) {
        const own = trueClassIds[first + i]! - 1;
        predictedClassIds[first + i] = 1 + argmax(logits, i * classes, classes);
        let other = classes === 1 ? 0 : -Infinity;
        for (let c = 0; c < classes; c++) if (c !== own) other = Math.max(other, logits[i * classes + c]!);
        margins[first + i] = logits[i * classes + own]! - other;
      }
    });
    return { fitId, classIds: fitClassIds, imageIds, trueClassIds, predictedClassIds, margins };
  }
}
