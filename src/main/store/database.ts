// Opening, checking, migrating and closing a project file.
import { existsSync, rmSync } from 'node:fs';
import Sqlite, { type Database } from 'better-sqlite3';
import { tell } from '../../shared/told.ts';
import { migrations, newestVersion } from './migrations/index.ts';
import { translateSqliteError } from './sqlite-errors.ts';

/** "2Lok" in ASCII: how a file says that it is a Second Look project. */
const applicationId = 0x324c6f6b;

/**
 * Opens a project file and brings it to the newest schema; with `create`, makes a new one.
 * Throws 'conflict' if it is open elsewhere or (with `create`) exists, 'not-found' if it does not,
 * 'unsupported' if it is no project or is from a newer version, 'unreadable' if it cannot be read or written.
 *
 * [Note: one owner] The lock is exclusive and held until close: a second host is refused at once, the lock falls with the
 * process even on kill -9, and WAL then needs no shared memory, which network drives lack.
 * [Note: full sync] Every commit reaches the disk, also through a power cut: a decision shown as saved is never lost. It
 * costs one fsync a decision, which is far below the time to the next image.
 */
export function openDatabase(path: string, { create = false } = {}): Database {
  if (create && existsSync(path)) throw tell('conflict', 'project-exists', { path });
  if (!create && path !== ':memory:' && !existsSync(path)) throw tell('not-found', 'project-gone', { path });

  let db: Database | undefined;
  try {
    db = new Sqlite(path, { timeout: 200 });
    // Before the first access, or WAL would ask for shared memory.
    db.pragma('locking_mode = EXCLUSIVE');
    checkOwner(db, path, create);
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    db.pragma('trusted_schema = OFF');
    migrate(db, path);
    return db;
  } catch (error) {
    db?.close();
    throw translateSqliteError(error, path);
  }
}

export function closeDatabase(db: Database): void {
  db.pragma('optimize');
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
}

/** After bulk writes: without statistics the planner can choose join orders that take seconds for a page. */
export function refreshStatistics(db: Database): void {
  db.pragma('optimize = 0x10002');
}

function checkOwner(db: Database, path: string, create: boolean): void {
  if (create || path === ':memory:') {
    db.pragma(`application_id = ${applicationId}`);
    return;
  }
  if (db.pragma('application_id', { simple: true }) !== applicationId)
    throw tell('unsupported', 'not-a-project', { path });
  const version = db.pragma('user_version', { simple: true }) as number;
  if (version > newestVersion)
    throw tell('unsupported', 'newer-project', { path }, { detail: { version, newestVersion } });
}

function migrate(db: Database, path: string): void {
  const version = db.pragma('user_version', { simple: true }) as number;
  const pending = migrations.filter((migration) => migration.version > version);
  if (pending.length === 0) return;
  if (version > 0) backUp(db, path, version);
  db.transaction(() => {
    for (const migration of pending) migration.apply(db);
    db.pragma(`user_version = ${newestVersion}`);
  })();
  db.pragma('optimize = 0x10002');
}

/** The file as it was before this version touched it, beside it, until the person deletes it. */
function backUp(db: Database, path: string, version: number): void {
  const backup = `${path}.backup-v${String(version).padStart(4, '0')}`;
  rmSync(backup, { force: true });
  db.prepare('VACUUM INTO ?').run(backup);
}
