// How many images a query finds, and how many each other choice would find.
import type { QueueCounts, QueueQuery } from '../../shared/queue.ts';
import { tell } from '../../shared/told.ts';
import type { StoredQuery } from '../store/queue-sql.ts';
import type { ScannedLabels } from '../store/ranking-table.ts';
import { toStoredQuery } from './queue.ts';
import { requireModel, type Project } from './project.ts';

/** Ranks between two turns of the event loop: a few milliseconds, so that a decision never waits for a count. */
const stride = 10_000;
const confusionsListed = 100;

/** Counts under the newest fit; the split must be train. Throws 'not-found' before a fit, 'cancelled'. */
export async function countQueue(project: Project, asked: QueueQuery, signal: AbortSignal): Promise<QueueCounts> {
  const { store } = project;
  const fit = store.fits.latest(requireModel(project).id);
  if (!fit) throw tell('not-found', 'no-ranking', {});
  const query = toStoredQuery(project, fit, asked);
  const counts = emptyCounts(store.classes.count());
  const confusions = new Map<string, number>();
  const ranked = store.rankings.count(query.rankingFitId, query.method);
  for (let first = 1; first <= ranked; first += stride) {
    for (const row of store.rankings.scan(query, first, first + stride - 1)) count(counts, confusions, query, row);
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
  }
  counts.confusions = [...confusions]
    .sort(([, a], [, b]) => b - a)
    .slice(0, confusionsListed)
    .map(([pair, images]) => {
      const [givenClassId = 0, suggestedClassId = 0] = pair.split(' ').map(Number);
      return { givenClassId, suggestedClassId, images };
    });
  counts.reviewers = store.reviewers.deciding();
  return counts;
}

function count(
  counts: QueueCounts,
  confusions: Map<string, number>,
  query: StoredQuery,
  [given, now, suggested, state, score]: ScannedLabels,
): void {
  const fits = {
    given: query.givenClassId === undefined || query.givenClassId === given,
    now: query.classId === undefined || query.classId === now,
    suggested: query.suggestedClassId === undefined || query.suggestedClassId === suggested,
    state: query.states === undefined || query.states.includes(state),
  };
  // A choice is counted as if it alone were made anew.
  const misses = Object.values(fits).filter((fit) => !fit).length;
  if (misses === 0 || (misses === 1 && !fits.state)) counts.states[state] += 1;
  if (misses === 0 || (misses === 1 && !fits.given)) counts.given[given - 1]! += 1;
  if (now !== null && (misses === 0 || (misses === 1 && !fits.now))) counts.classes[now - 1]! += 1;
  if (misses === 0 || (misses === 1 && !fits.suggested)) counts.suggested[suggested - 1]! += 1;
  const isOnlyPair = misses === Number(!fits.given) + Number(!fits.suggested);
  if (given !== suggested && isOnlyPair) {
    const pair = `${given} ${suggested}`;
    confusions.set(pair, (confusions.get(pair) ?? 0) + 1);
  }
  if (misses > 0) return;
  counts.total += 1;
  const { lowest, highest } = counts.scores ?? { lowest: score, highest: score };
  counts.scores = { lowest: Math.min(lowest, score), highest: Math.max(highest, score) };
}

const emptyCounts = (classes: number): QueueCounts => ({
  total: 0,
  states: { open: 0, kept: 0, relabelled: 0, excluded: 0, unsure: 0 },
  given: new Array<number>(classes).fill(0),
  classes: new Array<number>(classes).fill(0),
  suggested: new Array<number>(classes).fill(0),
  confusions: [],
  scores: null,
  reviewers: [],
});
