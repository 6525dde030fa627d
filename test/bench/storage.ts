// Ways to keep features on the disk, written and read back: the project file has blocks of images (see [Note: feature blocks]).
import SqliteDatabase from 'better-sqlite3';
import { closeSync, fsyncSync, mkdtempSync, openSync, readSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blockSize } from '../../src/main/store/feature-table.ts';
import { medianOf, timeOf, type Row } from './row.ts';

const times = 5;

interface Way {
  name: string;
  write(features: Float32Array): void;
  read(into: Float32Array): void;
  /** Bytes of its file. */
  size(): number;
  close(): void;
}

/** How long n x d features take to be read into memory that threads share, each way beside a flat file. */
export async function compareStorage(n: number, d: number): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'second-look-bench-'));
  const features = new Float32Array(n * d).fill(0.5);
  const into = new Float32Array(new SharedArrayBuffer(features.byteLength));
  const flat = openFlat(join(folder, 'flat'));
  const ways = [blockSize, 1].map((images) => openTable(join(folder, `rows of ${images}`), images * d, images));
  try {
    const written = new Map<Way, number>();
    for (const way of [flat, ...ways]) written.set(way, await timeOf(() => way.write(features)));
    const read = new Map<Way, number[]>([flat, ...ways].map((way) => [way, []]));
    for (let time = 0; time < times; time++)
      for (const [way, seconds] of read) seconds.push(await timeOf(() => way.read(into)));
    const megabytes = features.byteLength / 1e6;
    const describe = (way: Way) =>
      `file ${(way.size() / 1e6).toFixed(0)} MB for ${megabytes.toFixed(0)} MB of features, written in ${written.get(way)!.toFixed(2)} s`;
    return ways.map((way) => {
      const [ours, other] = [medianOf(read.get(way)!), medianOf(read.get(flat)!)];
      const name = `reading ${n / 1000}k x ${d} from ${way.name}`;
      return { case: name, ours, unit: 's', other, otherName: flat.name, ratio: other / ours, limit: describe(way) };
    });
  } finally {
    for (const way of [flat, ...ways]) way.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function openTable(path: string, valuesPerRow: number, images: number): Way {
  const db = new SqliteDatabase(path);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec('CREATE TABLE feature (id INTEGER PRIMARY KEY, block BLOB NOT NULL) STRICT');
  const insert = db.prepare('INSERT INTO feature (block) VALUES (?)');
  const select = db.prepare('SELECT block FROM feature ORDER BY id').pluck();
  return {
    name: `SQLite, ${images} images a row`,
    write(features) {
      db.transaction(() => {
        for (let at = 0; at < features.length; at += valuesPerRow) {
          const { buffer, byteOffset, byteLength } = features.subarray(at, at + valuesPerRow);
          insert.run(Buffer.from(buffer, byteOffset, byteLength));
        }
      })();
      db.pragma('wal_checkpoint(TRUNCATE)');
    },
    read(into) {
      const bytes = Buffer.from(into.buffer);
      let at = 0;
      for (const block of select.iterate() as IterableIterator<Buffer>) at += block.copy(bytes, at);
    },
    size: () => statSync(path).size,
    close: () => db.close(),
  };
}

function openFlat(path: string): Way {
  const file = openSync(path, 'w+');
  const eachPart = (features: Float32Array, move: (bytes: Buffer, at: number) => number) => {
    const bytes = Buffer.from(features.buffer);
    for (let at = 0; at < bytes.length;) at += move(bytes, at);
  };
  return {
    name: 'a flat file',
    write(features) {
      eachPart(features, (bytes, at) => writeSync(file, bytes, at, bytes.length - at, at));
      fsyncSync(file);
    },
    read: (into) => eachPart(into, (bytes, at) => readSync(file, bytes, at, bytes.length - at, at)),
    size: () => statSync(path).size,
    close: () => closeSync(file),
  };
}
