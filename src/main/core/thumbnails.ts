// [Note: thumbnails] Tiles show small copies: sixty photographs of twelve megapixels on one screen are three gigabytes once
// decoded. They are made when first asked for, in a compute process of their own (an extraction or a fit must not keep a
// person waiting for pictures), and kept in a folder by the hash of the picture's bytes: the same picture in another
// project is the same thumbnail, and a stale one cannot be.
import { mkdirSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { isAppError } from '../../shared/errors.ts';
import { thumbnailWidth } from '../../shared/media-url.ts';
import type { ComputeClient } from './compute-client.ts';

/** What the folder may hold before the oldest are thrown away. */
const largestBytes = 2 ** 30;

interface Wanted {
  path: string;
  out: string;
  done(file: string | undefined): void;
}

export class Thumbnails {
  readonly #folder: string;
  readonly #compute: ComputeClient;
  /** By the file to be made, so that nothing is made twice at once. */
  readonly #making = new Map<string, Promise<string | undefined>>();
  /** The newest last: what a person looks at now comes before what they have scrolled past. */
  readonly #waiting: Wanted[] = [];
  #running = 0;
  #isPruned = false;

  constructor(folder: string, compute: ComputeClient) {
    this.#folder = folder;
    this.#compute = compute;
  }

  /** The file of a picture's thumbnail, made where it is missing; undefined where none can be made. */
  async find(path: string, sha256: string): Promise<string | undefined> {
    const out = join(this.#folder, sha256.slice(0, 2), `${sha256}-${thumbnailWidth}.webp`);
    const making = this.#making.get(out);
    if (making) return making;
    if (await isFile(out)) return out;
    const made = this.#making.get(out) ?? this.#want(path, out);
    this.#making.set(out, made);
    return made;
  }

  #want(path: string, out: string): Promise<string | undefined> {
    return new Promise<string | undefined>((resolve) => {
      this.#waiting.push({ path, out, done: resolve });
      this.#next();
    }).finally(() => this.#making.delete(out));
  }

  #next(): void {
    if (this.#running >= availableParallelism()) return;
    const wanted = this.#waiting.pop();
    if (!wanted) return;
    this.#running += 1;
    void this.#make(wanted).finally(() => {
      this.#running -= 1;
      this.#next();
    });
  }

  async #make({ path, out, done }: Wanted): Promise<void> {
    try {
      if (!this.#isPruned) void this.#prune();
      mkdirSync(dirname(out), { recursive: true });
      await this.#compute.call('picture.shrink', { path, out, width: thumbnailWidth });
      done(out);
    } catch (error) {
      // The picture itself is shown instead, or the word that it can not be.
      done(undefined);
      if (!isAppError(error)) throw error;
    }
  }

  /** Once a sitting, and beside the work: the oldest go until the folder is within its size. */
  async #prune(): Promise<void> {
    this.#isPruned = true;
    const names = await readdir(this.#folder, { recursive: true }).catch(() => []);
    const files: { file: string; bytes: number; atMs: number }[] = [];
    for (const name of names) {
      const file = join(this.#folder, name);
      const found = await stat(file).catch(() => undefined);
      if (found?.isFile()) files.push({ file, bytes: found.size, atMs: found.mtimeMs });
    }
    let bytes = files.reduce((sum, each) => sum + each.bytes, 0);
    files.sort((a, b) => a.atMs - b.atMs);
    for (const each of files) {
      if (bytes <= largestBytes) return;
      await rm(each.file, { force: true });
      bytes -= each.bytes;
    }
  }
}

const isFile = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined))?.isFile() ?? false;
