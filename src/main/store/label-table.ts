import type { Database } from 'better-sqlite3';
import type { ReviewState } from '../../shared/labels.ts';

export interface LabelRow {
  imageId: number;
  givenClassId: number;
  classId: number | null;
  state: ReviewState;
}

/** The labels as they are now; the decisions that made them are in the decision table. */
export function createLabelTable(db: Database) {
  const select = db.prepare(
    'SELECT image_id AS imageId, given_class_id AS givenClassId, class_id AS classId, state FROM label WHERE image_id = ?',
  );
  const update = db.prepare('UPDATE label SET class_id = ?, state = ? WHERE image_id = ?');
  const usable = `image.problem IS NULL AND NOT EXISTS (
    SELECT 1 FROM extraction_problem WHERE model_id = @modelId AND extraction_problem.image_id = image.id)`;
  const ofSplit = db.prepare(`
    SELECT image.id AS imageId, label.given_class_id AS givenClassId, label.class_id AS classId, label.state
    FROM image JOIN label ON label.image_id = image.id
    WHERE image.split = @split AND ${usable} ORDER BY image.id`);
  // The decisions up to a revision are replayed by the last of each image; images of a later import have larger ids.
  const ofTrainAt = db.prepare(`
    SELECT image.id AS imageId, label.given_class_id AS givenClassId,
      CASE WHEN decision.id IS NULL THEN label.given_class_id ELSE decision.class_after END AS classId,
      coalesce(decision.state_after, 'open') AS state
    FROM image JOIN label ON label.image_id = image.id
    LEFT JOIN decision ON decision.id =
      (SELECT max(id) FROM decision WHERE decision.image_id = image.id AND decision.id <= @revision)
    WHERE image.split = 'train' AND image.id <= @upTo AND ${usable} ORDER BY image.id`);
  const stateCounts = db.prepare(`
    SELECT label.state, count(*) AS images FROM label JOIN image ON image.id = label.image_id
    WHERE image.split = 'train' GROUP BY label.state`);
  const changed = db.prepare('SELECT count(*) FROM label WHERE class_id IS NOT given_class_id').pluck();
  const changedRecords = db.prepare(`
    SELECT image.record, image.path, class.name AS label FROM label
    JOIN image ON image.id = label.image_id LEFT JOIN class ON class.id = label.class_id
    WHERE label.class_id IS NOT label.given_class_id ORDER BY image.id`);
  const everything = db.prepare(`
    SELECT image.path, image.split, class.name AS label FROM image
    JOIN label ON label.image_id = image.id LEFT JOIN class ON class.id = label.class_id ORDER BY image.id`);
  const byClass = db.prepare(`
    SELECT label.given_class_id AS classId, label.state, count(*) AS images FROM label
    JOIN image ON image.id = label.image_id WHERE image.split = 'train' GROUP BY 1, 2 ORDER BY 1`);
  const changes = db.prepare(`
    SELECT given_class_id AS "from", class_id AS "to", count(*) AS images FROM label
    WHERE class_id IS NOT given_class_id GROUP BY 1, 2 ORDER BY images DESC, 1, 2`);
  const examples = db
    .prepare('SELECT image_id FROM label WHERE given_class_id = ? AND class_id = ? ORDER BY image_id LIMIT ?')
    .pluck();
  return {
    find: (imageId: number) => select.get(imageId) as LabelRow | undefined,
    set: (imageId: number, classId: number | null, state: ReviewState) => void update.run(classId, state, imageId),
    /** Labels of the images of a split that have features of the model, in order of image id. */
    ofSplit: (split: 'train' | 'test', modelId: number) => ofSplit.all({ split, modelId }) as LabelRow[],
    /** Those of the train split as they were after the decision of that id, 0 for the given labels; images up to an id alone. */
    ofTrainAt: (modelId: number, revision: number, upTo: number | null = null) =>
      ofTrainAt.all({ modelId, revision, upTo: upTo ?? Number.MAX_SAFE_INTEGER }) as LabelRow[],
    /** Train images in each state. */
    countByState(): Record<ReviewState, number> {
      const counts: Record<ReviewState, number> = { open: 0, kept: 0, relabelled: 0, excluded: 0, unsure: 0 };
      for (const row of stateCounts.all() as { state: ReviewState; images: number }[]) counts[row.state] = row.images;
      return counts;
    },
    /** Train images of each given class, by state. */
    countByClass(): ({ classId: number } & Record<ReviewState, number>)[] {
      const counts = new Map<number, { classId: number } & Record<ReviewState, number>>();
      for (const { classId, state, images } of byClass.all() as {
        classId: number;
        state: ReviewState;
        images: number;
      }[]) {
        const none = { classId, open: 0, kept: 0, relabelled: 0, excluded: 0, unsure: 0 };
        counts.set(classId, { ...(counts.get(classId) ?? none), [state]: images });
      }
      return [...counts.values()];
    },
    /** Given label, label now (null for no class) and the images that went so, the most frequent first. */
    countChanges: () => changes.all() as { from: number; to: number | null; images: number }[],
    /** Ids of the first images that went from one label to another. */
    examplesOf: (from: number, to: number, count: number) => examples.all(from, to, count) as number[],
    /** Images whose label differs from the given one. */
    changedCount: () => changed.get() as number,
    changed: () => changedRecords.all() as { record: number | null; path: string; label: string | null }[],
    all: () => everything.iterate() as IterableIterator<{ path: string; split: string; label: string | null }>,
  };
}
