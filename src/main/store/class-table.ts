import type { Database } from 'better-sqlite3';
import type { ClassCount, LabelClass } from '../../shared/labels.ts';

export function createClassTable(db: Database) {
  const insert = db.prepare('INSERT INTO class (name) VALUES (?)');
  const select = db.prepare('SELECT id, name FROM class ORDER BY id');
  const count = db.prepare('SELECT count(*) FROM class').pluck();
  // Counts the labels as they are now; excluded images count nowhere.
  const counts = db.prepare(`
    SELECT class.id, class.name,
      count(*) FILTER (WHERE image.split = 'train') AS train,
      count(*) FILTER (WHERE image.split = 'test') AS test
    FROM class
    LEFT JOIN label ON label.class_id = class.id
    LEFT JOIN image ON image.id = label.image_id
    GROUP BY class.id ORDER BY class.id`);
  return {
    add: (name: string) => Number(insert.run(name).lastInsertRowid),
    list: () => select.all() as LabelClass[],
    count: () => count.get() as number,
    listWithCounts: () => counts.all() as ClassCount[],
  };
}
