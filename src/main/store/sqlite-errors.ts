import { SqliteError } from 'better-sqlite3';
import { tell } from '../../shared/told.ts';

/** Turns what SQLite throws about the project file into a sentence; anything else is returned as it is. */
export function translateSqliteError(error: unknown, path: string): unknown {
  if (!(error instanceof SqliteError)) return error;
  const code = error.code;
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'))
    return tell('conflict', 'in-use', { path }, { cause: error });
  if (code.startsWith('SQLITE_FULL')) return tell('no-space', 'disk-full', { path }, { cause: error });
  if (code.startsWith('SQLITE_READONLY') || code === 'SQLITE_CANTOPEN')
    return tell('unreadable', 'not-writable', { path }, { cause: error });
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB')
    return tell('unreadable', 'damaged', { path }, { cause: error });
  if (code.startsWith('SQLITE_IOERR')) return tell('unreadable', 'disk-failed', { path }, { cause: error });
  return error;
}
