import type { Database } from 'better-sqlite3';

export interface NoteRow {
  reviewerId: number;
  text: string;
  at: number;
}

export function createNoteTable(db: Database) {
  const insert = db.prepare('INSERT INTO note (image_id, reviewer_id, text, at) VALUES (?, ?, ?, ?)');
  const newest = db.prepare('SELECT text FROM note WHERE image_id = ? ORDER BY id DESC LIMIT 1').pluck();
  const ofImage = db.prepare('SELECT reviewer_id AS reviewerId, text, at FROM note WHERE image_id = ? ORDER BY id');
  return {
    add: (imageId: number, reviewerId: number, text: string) => void insert.run(imageId, reviewerId, text, Date.now()),
    /** '' where there is none, or where it was taken away. */
    newestOf: (imageId: number) => (newest.get(imageId) as string | undefined) ?? '',
    historyOf: (imageId: number) => ofImage.all(imageId) as NoteRow[],
  };
}
