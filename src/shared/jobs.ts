// Long work.
import type { Stage } from './told.ts';

export const jobKinds = [
  'sample',
  'import',
  'extract',
  'fit',
  'rank',
  'duplicates',
  'retrain',
  'reproduce',
  'recovery',
  'experiment',
  'report',
  'export',
] as const;
export type JobKind = (typeof jobKinds)[number];

export const jobStates = ['queued', 'running', 'done', 'failed', 'cancelled', 'interrupted'] as const;
export type JobState = (typeof jobStates)[number];

/** A whole snapshot each time: a listener that missed some is never wrong. */
export interface Job {
  id: number;
  kind: JobKind;
  state: JobState;
  /** Units of work; total is null until it is known. */
  done: number;
  total: number | null;
  /** What it is doing now; '' before it has said so. */
  stage: Stage | '';
  /** A sentence on what came of it, or how far it got. */
  note: string | null;
  /** The sentence of the failure. */
  error: string | null;
  perSecond: number | null;
  secondsLeft: number | null;
  createdAt: number;
  endedAt: number | null;
}
