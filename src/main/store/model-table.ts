import type { Database } from 'better-sqlite3';
import type { ModelDescription, Provider, ProviderRefusal } from '../../shared/model.ts';

export interface ModelRow {
  id: number;
  path: string;
  sha256: string;
  description: ModelDescription;
  provider: Provider | null;
  /** Pictures per run on that provider. */
  batch: number | null;
  providersTried: ProviderRefusal[];
  /** As a person gave them, in the order of the model's outputs; null where nobody did. */
  classNames: string[] | null;
  /** The model's class, from 0, of each class of the data set as a person said; null where nobody did. */
  classPlaces: (number | null)[] | null;
}

type JsonColumn = 'description' | 'providersTried' | 'classNames' | 'classPlaces';

/** A model with its preprocessing. Another preprocessing is another model: its features differ. */
export function createModelTable(db: Database) {
  const insert = db.prepare('INSERT INTO model (path, sha256, description, created_at) VALUES (?, ?, ?, ?)');
  const ofFile = db.prepare('SELECT id, description FROM model WHERE sha256 = ?');
  const update = db.prepare('UPDATE model SET path = ?, description = ? WHERE id = ?');
  const select = db.prepare(
    'SELECT id, path, sha256, description, provider, batch, providers_tried AS providersTried, class_names AS classNames, class_places AS classPlaces FROM model WHERE id = ?',
  );
  const setProvider = db.prepare('UPDATE model SET provider = ?, batch = ?, providers_tried = ? WHERE id = ?');
  const setClasses = db.prepare('UPDATE model SET class_names = ?, class_places = ? WHERE id = ?');
  return {
    /** Returns the id of the same file with the same preprocessing and features where there is one: its features serve again. */
    add(path: string, sha256: string, description: ModelDescription): number {
      const json = JSON.stringify(description);
      const rows = ofFile.all(sha256) as { id: number; description: string }[];
      const known = rows.find((row) => keyOf(JSON.parse(row.description) as ModelDescription) === keyOf(description));
      if (!known) return Number(insert.run(path, sha256, json, Date.now()).lastInsertRowid);
      update.run(path, json, known.id);
      return known.id;
    },
    find(id: number): ModelRow | undefined {
      const row = select.get(id) as
        | (Omit<ModelRow, JsonColumn> &
            Record<'description' | 'providersTried', string> &
            Record<'classNames' | 'classPlaces', string | null>)
        | undefined;
      return (
        row && {
          ...row,
          description: JSON.parse(row.description) as ModelDescription,
          providersTried: JSON.parse(row.providersTried) as ProviderRefusal[],
          classNames: JSON.parse(row.classNames ?? 'null') as ModelRow['classNames'],
          classPlaces: JSON.parse(row.classPlaces ?? 'null') as ModelRow['classPlaces'],
        }
      );
    },
    setProvider: (id: number, provider: Provider, batch: number, tried: ProviderRefusal[]) =>
      void setProvider.run(provider, batch, JSON.stringify(tried), id),
    setClasses: (id: number, names: ModelRow['classNames'], places: ModelRow['classPlaces']) =>
      void setClasses.run(names && JSON.stringify(names), places && JSON.stringify(places), id),
  };
}

/** What the features hang on, beside the file; notes and measured differences are not a part of it. */
function keyOf({ preprocessing, head }: ModelDescription): string {
  const { width, height, shortestSide, channels, range, mean, std } = preprocessing;
  // Before there was a choice, pictures were stretched.
  const rule = (shortestSide as number | null | undefined) ?? null;
  return JSON.stringify([width, height, rule, channels, range, mean, std, head.features, head.dimensions, head.logits]);
}
