import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/main/store/database.ts';
import { migrations, newestVersion } from '../../src/main/store/migrations/index.ts';
import { openStore } from '../../src/main/store/store.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'store-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const file = () => join(folder, 'a.secondlook');

describe('a project file', () => {
  it('is made once, never over another file', () => {
    openStore(file(), { create: true }).close();
    expect(() => openStore(file(), { create: true })).toThrow(expect.objectContaining({ code: 'conflict' }));
  });

  it('that is not there, is no SQLite or is no project of ours is refused with its reason', () => {
    expect(() => openDatabase(file())).toThrow(expect.objectContaining({ code: 'not-found' }));
    writeFileSync(file(), 'this is not a database, only a text that is long enough to look at');
    expect(() => openDatabase(file())).toThrow(expect.objectContaining({ code: 'unreadable' }));
    const other = join(folder, 'other.db');
    new Sqlite(other).exec('CREATE TABLE t (x)').close();
    expect(() => openDatabase(other)).toThrow(expect.objectContaining({ code: 'unsupported' }));
  });

  it('of a newer version is refused with a sentence that says so', () => {
    openStore(file(), { create: true }).close();
    const db = new Sqlite(file());
    db.pragma(`user_version = ${newestVersion + 10}`);
    db.close();
    expect(() => openDatabase(file())).toThrow(/newer version/);
  });

  it('has one owner: a second process is refused, and let in once the first is killed', async () => {
    openStore(file(), { create: true }).close();
    const holder = fork(new URL('./hold-open.ts', import.meta.url), [file()], {
      execPath: process.execPath,
      execArgv: [],
    });
    await once(holder, 'message');
    expect(() => openDatabase(file())).toThrow(expect.objectContaining({ code: 'conflict' }));
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    openDatabase(file()).close();
  });

  it('keeps what was committed when its process is killed', async () => {
    openStore(file(), { create: true }).close();
    const holder = fork(new URL('./hold-open.ts', import.meta.url), [file()], {
      execPath: process.execPath,
      execArgv: [],
    });
    await once(holder, 'message');
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const store = openStore(file());
    expect(store.classes.list()).toEqual([{ id: 1, name: 'written before the kill' }]);
    store.close();
  });

  it('leaves no second file behind after a clean close', () => {
    openStore(file(), { create: true }).close();
    expect(existsSync(`${file()}-wal`)).toBe(false);
    expect(existsSync(`${file()}-shm`)).toBe(false);
  });
});

describe('migrations', () => {
  it('rise in tens or more', () => {
    const versions = migrations.map(({ version }) => version);
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
    expect(versions.every((version) => version % 10 === 0)).toBe(true);
    expect(new Set(versions).size).toBe(versions.length);
  });

  it('bring a file of an older version up, and keep it as it was beside', () => {
    // The oldest shape there is: a project file before its first migration, marked as version 1.
    const db = new Sqlite(file());
    db.pragma('application_id = 0x324c6f6b');
    db.pragma('user_version = 1');
    db.exec('CREATE TABLE old (x)');
    db.close();
    const opened = openDatabase(file());
    expect(opened.pragma('user_version', { simple: true })).toBe(newestVersion);
    opened.close();
    const backup = new Sqlite(`${file()}.backup-v0001`, { readonly: true });
    expect(backup.prepare('SELECT name FROM sqlite_schema').pluck().all()).toEqual(['old']);
    backup.close();
  });
});
