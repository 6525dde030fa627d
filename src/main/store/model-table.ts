import type { Database } from 'better-sqlite3';
import type { ModelDescription, Provider, ProviderRefusal } from '../../shared/domain.ts';

export interface ModelRow {
  id: number;
  path: string;
  sha256: string;
  description: ModelDescription;
  provider: Provider | null;
  providersTried: ProviderRefusal[];
}

/** A model with its preprocessing. Another preprocessing is another model: its features differ. */
export function createModelTable(db: Database) {
  const insert = db.prepare('INSERT INTO model (path, sha256, description, created_at) VALUES (?, ?, ?, ?)');
  const same = db.prepare('SELECT id FROM model WHERE sha256 = ? AND description = ?').pluck();
  const movedTo = db.prepare('UPDATE model SET path = ? WHERE id = ?');
  const select = db.prepare(
    'SELECT id, path, sha256, description, provider, providers_tried AS providersTried FROM model WHERE id = ?',
  );
  const setProvider = db.prepare('UPDATE model SET provider = ?, providers_tried = ? WHERE id = ?');
  return {
    /** Returns the id of the same file with the same description where there is one, so that its features serve again. */
    add(path: string, sha256: string, description: ModelDescription): number {
      const json = JSON.stringify(description);
      const known = same.get(sha256, json) as number | undefined;
      if (known === undefined) return Number(insert.run(path, sha256, json, Date.now()).lastInsertRowid);
      movedTo.run(path, known);
      return known;
    },
    find(id: number): ModelRow | undefined {
      const row = select.get(id) as
        | (Omit<ModelRow, 'description' | 'providersTried'> & Record<'description' | 'providersTried', string>)
        | undefined;
      return (
        row && {
          ...row,
          description: JSON.parse(row.description) as ModelDescription,
          providersTried: JSON.parse(row.providersTried) as ProviderRefusal[],
        }
      );
    },
    setProvider: (id: number, provider: Provider, tried: ProviderRefusal[]) =>
      void setProvider.run(provider, JSON.stringify(tried), id),
  };
}
