// From a path as a label file writes it to the path of the file on the disk.
import { access, readdir, realpath } from 'node:fs/promises';
import { isAbsolute, join, posix, relative, win32 } from 'node:path';

/** The path of a file in the images folder, or why there is none. */
export type FoundPath = { path: string } | { reason: 'outside' | 'missing' };

interface Listing {
  /** The folder as its name is on the disk, relative to the images folder; '' for that itself. */
  path: string;
  names: ReadonlySet<string>;
  /** From composed (NFC) names to names on the disk, for names that are written in another form. */
  byComposedName: ReadonlyMap<string, string>;
}

/**
 * Finds files below a folder. Each folder is listed once, when the first path leads there.
 *
 * [Note: composed and decomposed names] "é" is one character or two, and a label file that was written on another system
 * may have the other form. A name is looked for as it is written, then in any form, and the disk's own form is kept.
 */
export class ImagePaths {
  readonly #imagesFolder: string;
  readonly #listings = new Map<string, Promise<Listing | undefined>>();
  #realFolder: Promise<string> | undefined;

  constructor(imagesFolder: string) {
    this.#imagesFolder = imagesFolder;
  }

  /** `written` may have backslashes and be absolute; it may not lead out of the images folder. */
  async find(written: string): Promise<FoundPath> {
    const inside = await this.#toRelative(written);
    if (inside === undefined) return { reason: 'outside' };
    const listing = await this.#list(posix.dirname(inside));
    const name = listing && (await this.#findName(listing, posix.basename(inside)));
    return name === undefined ? { reason: 'missing' } : { path: posix.join(listing!.path, name) };
  }

  async #toRelative(written: string): Promise<string | undefined> {
    const path = isAbsolute(written) ? await this.#relativeToFolder(written) : written;
    if (win32.isAbsolute(path)) return undefined;
    const inside = posix.normalize(path.replaceAll('\\', '/'));
    return inside === '..' || inside.startsWith('../') ? undefined : inside;
  }

  async #relativeToFolder(written: string): Promise<string> {
    const path = relative(this.#imagesFolder, written);
    if (!path.startsWith('..')) return path;
    // The images folder may have been given by a link.
    this.#realFolder ??= realpath(this.#imagesFolder);
    return relative(await this.#realFolder, written);
  }

  #list(folder: string): Promise<Listing | undefined> {
    const known = this.#listings.get(folder);
    if (known) return known;
    const listing = this.#readListing(folder);
    this.#listings.set(folder, listing);
    return listing;
  }

  async #readListing(folder: string): Promise<Listing | undefined> {
    const path = folder === '.' ? '' : await this.#findFolder(folder);
    // A path that leads through a file, or to a folder that may not be read, leads to no image.
    const names = path === undefined ? undefined : await readdir(join(this.#imagesFolder, path)).catch(() => undefined);
    if (path === undefined || !names) return undefined;
    const other = names.filter((name) => name.normalize() !== name || /\P{ASCII}/u.test(name));
    return { path, names: new Set(names), byComposedName: new Map(other.map((name) => [name.normalize(), name])) };
  }

  async #findFolder(folder: string): Promise<string | undefined> {
    const above = await this.#list(posix.dirname(folder));
    const name = above && (await this.#findName(above, posix.basename(folder)));
    return name === undefined ? undefined : posix.join(above!.path, name);
  }

  async #findName(listing: Listing, name: string): Promise<string | undefined> {
    if (listing.names.has(name)) return name;
    const otherForm = listing.byComposedName.get(name.normalize());
    if (otherForm !== undefined) return otherForm;
    // Some disks take upper and lower case for the same.
    const isThere = access(join(this.#imagesFolder, listing.path, name)).then(() => true);
    return (await isThere.catch(() => false)) ? name : undefined;
  }
}
