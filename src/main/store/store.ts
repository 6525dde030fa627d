// The one door to a project file: a module for each group of tables over one connection.
import type { Database } from 'better-sqlite3';
import { createClassTable } from './class-table.ts';
import { closeDatabase, openDatabase, refreshStatistics } from './database.ts';
import { createDecisionTable, createReviewerTable } from './decision-table.ts';
import { createFeatureTable } from './feature-table.ts';
import { createFitTable } from './fit-table.ts';
import { createImageTable } from './image-table.ts';
import { createJobTable } from './job-table.ts';
import { createLabelTable } from './label-table.ts';
import { createLearnedQueueTable } from './learned-queue-table.ts';
import { createModelTable } from './model-table.ts';
import { createNoteTable } from './note-table.ts';
import { createProjectTable } from './project-table.ts';
import { createRankingTable } from './ranking-table.ts';
import { createRunTable } from './run-table.ts';
import { createSourceTable } from './source-table.ts';
import { createTestVerdictTable } from './test-verdict-table.ts';
import { translateSqliteError } from './sqlite-errors.ts';

const createTables = (db: Database) => ({
  project: createProjectTable(db),
  classes: createClassTable(db),
  images: createImageTable(db),
  labels: createLabelTable(db),
  source: createSourceTable(db),
  models: createModelTable(db),
  features: createFeatureTable(db),
  fits: createFitTable(db),
  rankings: createRankingTable(db),
  learnedQueues: createLearnedQueueTable(db),
  decisions: createDecisionTable(db),
  reviewers: createReviewerTable(db),
  notes: createNoteTable(db),
  testVerdicts: createTestVerdictTable(db),
  runs: createRunTable(db),
  jobs: createJobTable(db),
});

export interface Store extends ReturnType<typeof createTables> {
  /** All of it or none of it; AppErrors for what a person can act on. */
  transaction<T>(work: () => T): T;
  refreshStatistics(): void;
  close(): void;
}

/** Opens the project file at `path` (or, with `create`, makes it); see openDatabase for what is thrown. */
export function openStore(path: string, options: { create?: boolean } = {}): Store {
  const db = openDatabase(path, options);
  return {
    ...createTables(db),
    transaction(work) {
      try {
        return db.transaction(work).immediate();
      } catch (error) {
        throw translateSqliteError(error, path);
      }
    },
    refreshStatistics: () => refreshStatistics(db),
    close: () => closeDatabase(db),
  };
}
