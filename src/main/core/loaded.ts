// What compute holds of the open project: the feature matrix of all images and the current fit. Loaded when first needed,
// and again when compute was restarted or the features changed.
import type { FitTarget } from '../../shared/fit.ts';
import { type AppError } from '../../shared/errors.ts';
import { tell } from '../../shared/told.ts';
import { blockSize } from '../store/feature-table.ts';
import type { ModelRow } from '../store/model-table.ts';
import type { ComputeClient } from './compute-client.ts';
import { requireModel, type Project } from './project.ts';

export interface FitInHand {
  fitId: number;
  /** The class of each image in the fit, at the place of its id; 0 for images that are not in it. */
  classIds: Int32Array;
}

const missing: Record<FitTarget, () => AppError> = {
  labels: () => tell('not-found', 'no-fit', {}),
  model: () => tell('not-found', 'no-imitation', {}),
};

export class Loaded {
  readonly #project: Project;
  readonly #compute: ComputeClient;
  #matrix: { key: string; loading: Promise<void> } | undefined;
  readonly #fits = new Map<FitTarget, { key: string; loading: Promise<FitInHand> }>();

  constructor(project: Project, compute: ComputeClient) {
    this.#project = project;
    this.#compute = compute;
  }

  /** Forgets what was loaded: the features changed. */
  invalidate(): void {
    this.#matrix = undefined;
    this.#fits.clear();
  }

  /** Makes sure that compute holds the features of the current model. Throws 'not-found' before an extraction. */
  async matrix(signal?: AbortSignal): Promise<void> {
    const model = requireModel(this.#project);
    const key = `${this.#compute.generation}:${model.id}`;
    if (this.#matrix?.key !== key) {
      this.#fits.clear();
      this.#matrix = { key, loading: this.#loadMatrix(model, signal) };
    }
    const matrix = this.#matrix;
    try {
      await matrix.loading;
    } catch (error) {
      if (this.#matrix === matrix) this.#matrix = undefined;
      throw error;
    }
  }

  /** Makes sure that compute holds the newest fit of the target for the current model. Throws 'not-found' before a fit. */
  async fit(target: FitTarget = 'labels'): Promise<FitInHand> {
    await this.matrix();
    const fit = this.#project.store.fits.latest(requireModel(this.#project).id, target);
    if (!fit) throw missing[target]();
    const key = `${this.#compute.generation}:${fit.id}`;
    let loaded = this.#fits.get(target);
    if (loaded?.key !== key) this.#fits.set(target, (loaded = { key, loading: this.#loadFit(fit.id) }));
    try {
      return await loaded.loading;
    } catch (error) {
      if (this.#fits.get(target) === loaded) this.#fits.delete(target);
      throw error;
    }
  }

  async #loadMatrix(model: ModelRow, signal?: AbortSignal): Promise<void> {
    const { store } = this.#project;
    const rows = store.images.count();
    const present = store.features.presentBlocks(model.id, rows);
    if (present.size === 0 || present.size < Math.ceil(rows / blockSize)) throw tell('not-found', 'no-features', {});
    const options = signal ? { signal } : {};
    // A driver that ends the process does so at one fit, and not at every.
    const provider = this.#compute.generation === 0 && model.provider ? model.provider : 'cpu';
    await this.#compute.call('matrix.open', { rows, dimensions: model.description.head.dimensions, provider }, options);
    for (let first = 1; first <= rows; first += blockSize) {
      const features = store.features.read(model.id, first)!;
      await this.#compute.call('matrix.fill', { firstRow: first - 1, features }, options);
    }
  }

  async #loadFit(fitId: number): Promise<FitInHand> {
    const { store } = this.#project;
    const fit = store.fits.find(fitId)!;
    const { imageIds, classIds, alpha } = store.fits.readAlpha(fitId);
    await this.#compute.call('fit.load', {
      target: fit.target,
      rows: imageIds.map((id) => id - 1),
      labels: classIds.map((id) => id - 1),
      classes: store.classes.count(),
      lambda: fit.lambda,
      scale: fit.scale,
      weights: fit.weights,
      gradient: fit.gradient,
      alpha,
    });
    return { fitId, classIds: this.#byImage(imageIds, classIds) };
  }

  #byImage(imageIds: Int32Array, classIds: Int32Array): Int32Array {
    const byImage = new Int32Array(this.#project.store.images.count() + 1);
    imageIds.forEach((imageId, index) => (byImage[imageId] = classIds[index]!));
    return byImage;
  }
}
