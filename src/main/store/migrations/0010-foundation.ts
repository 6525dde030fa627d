import type { Database } from 'better-sqlite3';

/** Everything that the main job needs. Ids of classes and images run from 1 without gaps: an index is id - 1. */
export function foundation(db: Database): void {
  db.exec(`
    CREATE TABLE project (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      name TEXT NOT NULL,
      image_root TEXT,
      model_id INTEGER REFERENCES model (id),
      created_at INTEGER NOT NULL,
      app_version TEXT NOT NULL
    ) STRICT;

    CREATE TABLE class (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE
    ) STRICT;

    CREATE TABLE image (
      id INTEGER PRIMARY KEY,
      path TEXT NOT NULL UNIQUE,
      sha256 TEXT NOT NULL,
      split TEXT NOT NULL CHECK (split IN ('train', 'test', 'ignored')),
      width INTEGER NOT NULL,
      height INTEGER NOT NULL,
      size_bytes INTEGER NOT NULL,
      record INTEGER,
      problem TEXT
    ) STRICT;

    CREATE TABLE label (
      image_id INTEGER PRIMARY KEY REFERENCES image (id),
      given_class_id INTEGER NOT NULL REFERENCES class (id),
      class_id INTEGER REFERENCES class (id),
      state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'kept', 'relabelled', 'excluded', 'unsure'))
    ) STRICT;

    CREATE TABLE import_problem (
      id INTEGER PRIMARY KEY,
      path TEXT NOT NULL,
      reason TEXT NOT NULL
    ) STRICT;

    CREATE TABLE source (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      format TEXT NOT NULL CHECK (format IN ('folders', 'csv')),
      name TEXT NOT NULL,
      path_column TEXT,
      label_column TEXT,
      split_column TEXT
    ) STRICT;

    CREATE TABLE source_chunk (
      position INTEGER PRIMARY KEY,
      bytes BLOB NOT NULL
    ) STRICT;

    CREATE TABLE model (
      id INTEGER PRIMARY KEY,
      path TEXT NOT NULL,
      sha256 TEXT NOT NULL,
      description TEXT NOT NULL,
      provider TEXT,
      providers_tried TEXT NOT NULL DEFAULT '[]',
      created_at INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE feature (
      model_id INTEGER NOT NULL REFERENCES model (id),
      first_image_id INTEGER NOT NULL,
      count INTEGER NOT NULL,
      block BLOB NOT NULL,
      logits BLOB NOT NULL,
      PRIMARY KEY (model_id, first_image_id)
    ) STRICT;

    CREATE TABLE extraction_problem (
      model_id INTEGER NOT NULL REFERENCES model (id),
      image_id INTEGER NOT NULL REFERENCES image (id),
      reason TEXT NOT NULL,
      PRIMARY KEY (model_id, image_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE fit (
      id INTEGER PRIMARY KEY,
      model_id INTEGER NOT NULL REFERENCES model (id),
      lambda REAL NOT NULL,
      lambda_chosen TEXT NOT NULL CHECK (lambda_chosen IN ('auto', 'given')),
      feature_scale TEXT NOT NULL CHECK (feature_scale IN ('unit', 'none')),
      scale REAL NOT NULL,
      tolerance REAL NOT NULL,
      objective REAL NOT NULL,
      iterations INTEGER NOT NULL,
      passes INTEGER NOT NULL,
      seconds REAL NOT NULL,
      certificate TEXT NOT NULL,
      weights BLOB NOT NULL,
      gradient BLOB NOT NULL,
      train_accuracy REAL NOT NULL,
      test_accuracy REAL,
      labels_revision INTEGER NOT NULL,
      created_at INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE alpha (
      fit_id INTEGER NOT NULL REFERENCES fit (id),
      first_position INTEGER NOT NULL,
      count INTEGER NOT NULL,
      image_ids BLOB NOT NULL,
      class_ids BLOB NOT NULL,
      block BLOB NOT NULL,
      PRIMARY KEY (fit_id, first_position)
    ) STRICT;

    -- The rank is the key, so that a queue is a scan in key order and never a sort.
    CREATE TABLE ranking (
      fit_id INTEGER NOT NULL REFERENCES fit (id),
      method TEXT NOT NULL,
      rank INTEGER NOT NULL,
      image_id INTEGER NOT NULL REFERENCES image (id),
      score REAL NOT NULL,
      importance REAL NOT NULL,
      suggested_class_id INTEGER NOT NULL REFERENCES class (id),
      PRIMARY KEY (fit_id, method, rank)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX ranking_image ON ranking (image_id, fit_id, method);

    CREATE TABLE reviewer (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE
    ) STRICT;

    -- Append only: the history of who changed what is the product. Undo and redo are rows too.
    CREATE TABLE decision (
      id INTEGER PRIMARY KEY,
      group_id INTEGER NOT NULL,
      image_id INTEGER NOT NULL REFERENCES image (id),
      reviewer_id INTEGER NOT NULL REFERENCES reviewer (id),
      action TEXT NOT NULL CHECK (action IN ('keep', 'relabel', 'exclude', 'unsure', 'undo', 'redo')),
      class_before INTEGER REFERENCES class (id),
      class_after INTEGER REFERENCES class (id),
      state_before TEXT NOT NULL,
      state_after TEXT NOT NULL,
      at INTEGER NOT NULL,
      spent_ms INTEGER,
      seen_method TEXT,
      seen_rank INTEGER,
      undoes INTEGER REFERENCES decision (id)
    ) STRICT;
    CREATE INDEX decision_image ON decision (image_id, id);
    CREATE INDEX decision_group ON decision (group_id, id);
    CREATE TRIGGER decision_is_never_updated BEFORE UPDATE ON decision BEGIN SELECT RAISE(ABORT, 'decisions are append only'); END;
    CREATE TRIGGER decision_is_never_deleted BEFORE DELETE ON decision BEGIN SELECT RAISE(ABORT, 'decisions are append only'); END;

    CREATE TABLE run (
      id INTEGER PRIMARY KEY,
      fit_id INTEGER NOT NULL REFERENCES fit (id),
      decisions INTEGER NOT NULL,
      changed_labels INTEGER NOT NULL,
      test_image_ids BLOB NOT NULL,
      test_class_ids BLOB NOT NULL,
      predicted_class_ids BLOB NOT NULL,
      created_at INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE job (
      id INTEGER PRIMARY KEY,
      kind TEXT NOT NULL,
      params TEXT NOT NULL,
      state TEXT NOT NULL,
      done INTEGER NOT NULL DEFAULT 0,
      total INTEGER,
      stage TEXT NOT NULL DEFAULT '',
      note TEXT,
      error TEXT,
      result TEXT,
      after_job_id INTEGER REFERENCES job (id),
      created_at INTEGER NOT NULL,
      ended_at INTEGER
    ) STRICT;
  `);
}
