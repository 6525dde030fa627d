import type { Database } from 'better-sqlite3';

/** What made each block of features, so that a mixture can be told; null in older ones. Looked up without reading a block. */
export function featureProvider(db: Database): void {
  db.exec('ALTER TABLE feature ADD COLUMN provider TEXT');
  db.exec('CREATE INDEX feature_provider ON feature (model_id, provider)');
}
