import { SqliteError } from 'better-sqlite3';
import { AppError } from '../../shared/errors.ts';

/** Turns what SQLite throws about the project file into a sentence; anything else is returned as it is. */
export function translateSqliteError(error: unknown, path: string): unknown {
  if (!(error instanceof SqliteError)) return error;
  const code = error.code;
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'))
    return new AppError('conflict', `${path} is open in another window or program. Close it there and try again.`, {
      cause: error,
    });
  if (code.startsWith('SQLITE_FULL'))
    return new AppError(
      'no-space',
      `The disk that holds ${path} is full. Free some space and try again; nothing that was saved is lost.`,
      { cause: error },
    );
  if (code.startsWith('SQLITE_READONLY') || code === 'SQLITE_CANTOPEN')
    return new AppError(
      'unreadable',
      `${path} cannot be written. Check that its folder exists and that you may write there.`,
      { cause: error },
    );
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB')
    return new AppError(
      'unreadable',
      `${path} is damaged or is not a Second Look project. If a file named like it with ".backup" lies beside it, open that one.`,
      { cause: error },
    );
  if (code.startsWith('SQLITE_IOERR'))
    return new AppError(
      'unreadable',
      `${path} could not be read or written; the disk or network share reported an error. Check it and try again.`,
      { cause: error },
    );
  return error;
}
