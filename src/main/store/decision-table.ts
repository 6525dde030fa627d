import type { Database } from 'better-sqlite3';
import type { Action, ReviewState } from '../../shared/labels.ts';

export interface NewDecision {
  imageId: number;
  reviewerId: number;
  action: Action | 'undo' | 'redo';
  classBefore: number | null;
  classAfter: number | null;
  stateBefore: ReviewState;
  stateAfter: ReviewState;
  spentMs: number | null;
  seenMethod: string | null;
  seenRank: number | null;
  /** The decision that this one takes back (undo) or the undo that it takes back (redo). */
  undoes: number | null;
}

export interface DecisionRow extends NewDecision {
  id: number;
  groupId: number;
  at: number;
}

/** One line of the history for each group of decisions: what it was, how many images, and how many labels it changed. */
export interface DecisionGroup {
  groupId: number;
  action: DecisionRow['action'];
  images: number;
  changes: number;
  /** Milliseconds that the first of them took, where known. */
  spentMs: number | null;
  at: number;
}

const columns = `id, group_id AS groupId, image_id AS imageId, reviewer_id AS reviewerId, action,
  class_before AS classBefore, class_after AS classAfter, state_before AS stateBefore, state_after AS stateAfter,
  at, spent_ms AS spentMs, seen_method AS seenMethod, seen_rank AS seenRank, undoes`;

export function createDecisionTable(db: Database) {
  const insert = db.prepare(`
    INSERT INTO decision (id, group_id, image_id, reviewer_id, action, class_before, class_after, state_before, state_after,
      at, spent_ms, seen_method, seen_rank, undoes)
    VALUES (@id, @groupId, @imageId, @reviewerId, @action, @classBefore, @classAfter, @stateBefore, @stateAfter,
      @at, @spentMs, @seenMethod, @seenRank, @undoes)`);
  const newest = db.prepare('SELECT coalesce(max(id), 0) FROM decision').pluck();
  const changesSince = db
    .prepare('SELECT count(*) FROM decision WHERE id > ? AND class_before IS NOT class_after')
    .pluck();
  const ofGroup = db.prepare(`SELECT ${columns} FROM decision WHERE group_id = ? ORDER BY id`);
  const ofImage = db.prepare(`SELECT ${columns} FROM decision WHERE image_id = ? ORDER BY id`);
  const groups = db.prepare(`
    SELECT group_id AS groupId, min(action) AS action, count(*) AS images,
      count(*) FILTER (WHERE class_before IS NOT class_after) AS changes, max(spent_ms) AS spentMs, max(at) AS at
    FROM decision WHERE reviewer_id = ? GROUP BY group_id ORDER BY group_id`);
  // Every row of a group carries the time of the whole group.
  const spent = db
    .prepare('SELECT sum(spent) FROM (SELECT max(spent_ms) AS spent FROM decision WHERE id <= ? GROUP BY group_id)')
    .pluck();
  const log = db.prepare(`
    SELECT id, image_id AS imageId, class_after AS classAfter, state_after AS stateAfter FROM decision ORDER BY id`);
  // Before the row that it takes back, an undo or a redo finds what it lets stand: the row there, or what that one let stand.
  const byReviewer = db.prepare(`
    WITH RECURSIVE trace (image_id, id) AS (
      SELECT image_id, max(id) FROM decision GROUP BY image_id
      UNION ALL
      SELECT trace.image_id,
        (SELECT max(id) FROM decision WHERE decision.image_id = trace.image_id AND decision.id < latest.undoes)
      FROM trace JOIN decision AS latest ON latest.id = trace.id WHERE latest.undoes IS NOT NULL
    ), standing AS (
      SELECT reviewer_id, count(*) AS decisions, count(*) FILTER (WHERE class_after IS NOT given_class_id) AS changes
      FROM trace JOIN decision ON decision.id = trace.id JOIN label ON label.image_id = trace.image_id
      WHERE undoes IS NULL GROUP BY reviewer_id
    ), taken AS (
      SELECT reviewer_id, sum(spent) / 1000.0 AS seconds
      FROM (SELECT reviewer_id, max(spent_ms) AS spent FROM decision GROUP BY group_id) GROUP BY reviewer_id)
    SELECT reviewer.name AS reviewer, coalesce(decisions, 0) AS decisions, coalesce(changes, 0) AS changes, seconds
    FROM taken JOIN reviewer ON reviewer.id = taken.reviewer_id
    LEFT JOIN standing ON standing.reviewer_id = taken.reviewer_id ORDER BY decisions DESC, reviewer`);
  const groupSize = db.prepare('SELECT count(*) FROM decision WHERE group_id = ?').pluck();
  return {
    /** All get one group; returns its id, which is the id of its first decision. */
    addGroup(decisions: readonly NewDecision[]): number {
      const groupId = (newest.get() as number) + 1;
      const at = Date.now();
      decisions.forEach((decision, index) => insert.run({ ...decision, id: groupId + index, groupId, at }));
      return groupId;
    },
    /** The id of the newest decision, 0 where there is none: the revision of the labels. */
    newestId: () => newest.get() as number,
    /** Decisions behind a revision that changed a label, taking back included. */
    changesSince: (revision: number) => changesSince.get(revision) as number,
    /** What all decisions up to a revision took; null where none was timed. */
    secondsSpent(revision = Number.MAX_SAFE_INTEGER): number | null {
      const spentMs = spent.get(revision) as number | null;
      return spentMs === null ? null : spentMs / 1000;
    },
    /**
     * Images whose standing decision is a reviewer's, those of them with another label than the given one, and what all that
     * the reviewer decided took, where it was timed; that time was spent, whatever was taken back.
     */
    countByReviewer: () =>
      byReviewer.all() as { reviewer: string; decisions: number; changes: number; seconds: number | null }[],
    /** All in order. */
    log: () => log.iterate() as IterableIterator<Pick<DecisionRow, 'id' | 'imageId' | 'classAfter' | 'stateAfter'>>,
    group: (groupId: number) => ofGroup.all(groupId) as DecisionRow[],
    groupSize: (groupId: number) => groupSize.get(groupId) as number,
    historyOf: (imageId: number) => ofImage.all(imageId) as DecisionRow[],
    groupsOf: (reviewerId: number) => groups.all(reviewerId) as DecisionGroup[],
  };
}

export function createReviewerTable(db: Database) {
  const insert = db.prepare('INSERT INTO reviewer (name) VALUES (?) ON CONFLICT (name) DO NOTHING');
  const select = db.prepare('SELECT id FROM reviewer WHERE name = ?').pluck();
  const nameOf = db.prepare('SELECT name FROM reviewer WHERE id = ?').pluck();
  const deciding = db
    .prepare(
      'SELECT name FROM reviewer WHERE EXISTS (SELECT 1 FROM decision WHERE reviewer_id = reviewer.id) ORDER BY name',
    )
    .pluck();
  return {
    idOf(name: string): number {
      insert.run(name);
      return select.get(name) as number;
    },
    nameOf: (id: number) => nameOf.get(id) as string,
    /** Names of all who have decided anything. */
    deciding: () => deciding.all() as string[],
  };
}
