// [Note: paths enter by grant] A page never names a path. A folder or file becomes openable when a person chose it (by a
// dialog, by dropping it, by `--root` or on the command line); the page then holds an id and says what lies below it.
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { FolderEntry, Grant, Place } from '../../shared/project.ts';
import { tell } from '../../shared/told.ts';

export class Grants {
  readonly #granted = new Map<string, Grant & { realPath: string }>();

  /** Makes a file or folder openable. Links are resolved now. Throws 'not-found' if it is not there. */
  async add(path: string): Promise<Grant> {
    const realPath = await resolveExisting(path);
    const known = [...this.#granted.values()].find((grant) => grant.realPath === realPath);
    if (known) return toGrant(known);
    const kind = (await stat(realPath)).isDirectory() ? 'folder' : 'file';
    const grant = { id: crypto.randomUUID(), displayPath: path, kind, realPath } as const;
    this.#granted.set(grant.id, grant);
    return toGrant(grant);
  }

  list(): Grant[] {
    return [...this.#granted.values()].map(toGrant);
  }

  /** The absolute path of a place that exists. Throws 'bad-request' for one outside its grant, 'not-found' if it is gone. */
  async resolve({ grant, path }: Place): Promise<string> {
    const granted = this.#granted.get(grant);
    if (!granted) throw tell('bad-request', 'folder-not-open', {});
    if (path === '') return granted.realPath;
    const resolved = await resolveExisting(join(granted.realPath, path));
    if (!isInside(granted.realPath, resolved)) throw tell('bad-request', 'outside-folder', { path });
    return resolved;
  }

  /** What a person may pick from in a granted folder: folders first, each group by name, hidden entries left out. */
  async listFolder(place: Place): Promise<FolderEntry[]> {
    const entries = await readdir(await this.resolve(place), { withFileTypes: true });
    return entries
      .filter((entry) => !entry.name.startsWith('.') && (entry.isDirectory() || entry.isFile()))
      .map((entry): FolderEntry => ({ name: entry.name, kind: entry.isDirectory() ? 'folder' : 'file' }))
      .sort((a, b) => Number(a.kind === 'file') - Number(b.kind === 'file') || a.name.localeCompare(b.name, 'en'));
  }
}

/** Whether `path` is `folder` or lies below it; both real and absolute. */
export const isInside = (folder: string, path: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

const toGrant = ({ id, displayPath, kind }: Grant): Grant => ({ id, displayPath, kind });

async function resolveExisting(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (cause) {
    throw tell('not-found', 'not-there', { path }, { cause });
  }
}
