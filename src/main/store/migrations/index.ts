import type { Database } from 'better-sqlite3';
import { foundation } from './0010-foundation.ts';
import { fitTarget } from './0020-fit-target.ts';
import { projectUid } from './0030-project-uid.ts';
import { notes } from './0040-notes.ts';
import { learnedQueue } from './0050-learned-queue.ts';
import { batch } from './0060-batch.ts';
import { runRecord } from './0070-run-record.ts';
import { classMatch } from './0080-class-match.ts';
import { testVerdicts } from './0090-test-verdicts.ts';
import { keptRankings } from './0100-kept-rankings.ts';
import { runImages } from './0110-run-images.ts';
import { featureProvider } from './0120-feature-provider.ts';

export interface Migration {
  /** Rises from one to the next, in tens, so that there is room between; written to `user_version`. */
  version: number;
  apply(db: Database): void;
}

/** In order, listed by hand. A released one is never edited. */
export const migrations: readonly Migration[] = [
  { version: 10, apply: foundation },
  { version: 20, apply: fitTarget },
  { version: 30, apply: projectUid },
  { version: 40, apply: notes },
  { version: 50, apply: learnedQueue },
  { version: 60, apply: batch },
  { version: 70, apply: runRecord },
  { version: 80, apply: classMatch },
  { version: 90, apply: testVerdicts },
  { version: 100, apply: keptRankings },
  { version: 110, apply: runImages },
  { version: 120, apply: featureProvider },
];

export const newestVersion = migrations.at(-1)!.version;
