import type { Database } from 'better-sqlite3';

export interface SourceRow {
  format: 'folders' | 'csv';
  /** File name of the label file, or of the images folder. */
  name: string;
  pathColumn: string | null;
  labelColumn: string | null;
  splitColumn: string | null;
}

/** What was imported: for a label file its very bytes, so that an export can differ in the changed cells alone. */
export function createSourceTable(db: Database) {
  const clear = db.prepare('DELETE FROM source');
  const clearChunks = db.prepare('DELETE FROM source_chunk');
  const insert = db.prepare(`
    INSERT INTO source (id, format, name, path_column, label_column, split_column)
    VALUES (1, @format, @name, @pathColumn, @labelColumn, @splitColumn)`);
  const addChunk = db.prepare('INSERT INTO source_chunk (bytes) VALUES (?)');
  const select = db.prepare(`
    SELECT format, name, path_column AS pathColumn, label_column AS labelColumn, split_column AS splitColumn FROM source`);
  const chunks = db.prepare('SELECT bytes FROM source_chunk WHERE position = ?').pluck();
  return {
    set(row: SourceRow): void {
      clear.run();
      clearChunks.run();
      insert.run(row);
    },
    addChunk: (bytes: Buffer) => void addChunk.run(bytes),
    read: () => select.get() as SourceRow | undefined,
    /** The bytes in pieces, one query each, so that other work may come between. */
    *chunks(): Generator<Buffer> {
      for (let position = 1; ; position++) {
        const bytes = chunks.get(position) as Buffer | undefined;
        if (!bytes) return;
        yield bytes;
      }
    },
  };
}
