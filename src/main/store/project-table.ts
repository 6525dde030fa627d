import type { Database } from 'better-sqlite3';

export interface ProjectRow {
  /** Made with the project; no other has it. */
  uid: string;
  name: string;
  /** Absolute path of the images folder, or null before an import. */
  imageRoot: string | null;
  modelId: number | null;
}

export function createProjectTable(db: Database) {
  const insert = db.prepare(
    'INSERT INTO project (id, name, created_at, app_version, uid) VALUES (1, ?, ?, ?, lower(hex(randomblob(16))))',
  );
  const select = db.prepare('SELECT uid, name, image_root AS imageRoot, model_id AS modelId FROM project');
  const setImageRoot = db.prepare('UPDATE project SET image_root = ?');
  const setModel = db.prepare('UPDATE project SET model_id = ?');
  return {
    create: (name: string, appVersion: string) => void insert.run(name, Date.now(), appVersion),
    read: () => select.get() as ProjectRow,
    setImageRoot: (path: string) => void setImageRoot.run(path),
    setModel: (modelId: number) => void setModel.run(modelId),
  };
}
