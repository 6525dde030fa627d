// The open project: its file, and what is derived from it and kept while it is open.
import type { ProjectOverview } from '../../shared/project.ts';
import { tell } from '../../shared/told.ts';
import type { ModelRow } from '../store/model-table.ts';
import type { Store } from '../store/store.ts';
import { readClassMatch } from './class-match.ts';
import { noteProviders } from './models.ts';
import { createOrders, type Orders } from './orders.ts';

export interface Project {
  path: string;
  store: Store;
  orders: Orders;
  /** Grows with every change; listeners ask again for what they show. */
  revision: number;
}

export const createProject = (path: string, store: Store): Project => ({
  path,
  store,
  orders: createOrders(),
  revision: 1,
});

/** The project's model. Throws 'not-found' with what to do where there is none. */
export function requireModel({ store }: Project): ModelRow {
  const { modelId } = store.project.read();
  const model = modelId === null ? undefined : store.models.find(modelId);
  if (!model) throw tell('not-found', 'no-model', {});
  return model;
}

/** Absolute path of the images folder. Throws 'not-found' before an import. */
export function requireImageRoot({ store }: Project): string {
  const { imageRoot } = store.project.read();
  if (imageRoot === null) throw tell('not-found', 'no-images', {});
  return imageRoot;
}

/** Throws 'bad-request' where no image could have another label: there is nothing to fit, to rank or to compare. */
export function requireTwoClasses({ store }: Project): void {
  if (store.classes.count() === 1) throw tell('bad-request', 'one-class', { label: store.classes.list()[0]!.name });
}

const problemsShown = 200;

export function describeProject(project: Project): ProjectOverview {
  const { store, path, revision } = project;
  const { name, modelId } = store.project.read();
  const model = modelId === null ? undefined : store.models.find(modelId);
  return {
    name,
    displayPath: path,
    images: store.images.countBySplit(),
    classes: store.classes.listWithCounts(),
    problems: store.images.problems(problemsShown),
    problemCount: store.images.problemCount(),
    source: store.source.read()?.format ?? null,
    model: model
      ? {
          id: model.id,
          name: model.path.split(/[\\/]/).at(-1) ?? model.path,
          description: {
            ...model.description,
            notes: [...model.description.notes, ...noteProviders(store, model.id)],
          },
          matchedClasses: readClassMatch(store, model).places.filter((place) => place !== null).length,
          ...store.images.extractedCount(model.id),
          stale: store.images.staleCount(model.id),
          provider: model.provider,
          batch: model.batch,
          providersTried: model.providersTried,
        }
      : null,
    fit: model ? store.fits.latest(model.id) : null,
    modelFit: model ? store.fits.latest(model.id, 'model') : null,
    revision,
  };
}
