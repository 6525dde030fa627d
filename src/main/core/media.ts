// Which file a media address stands for, and of what kind it is: by its bytes, never by its name.
import { open, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { contentKeyOf, thumbnailWidth, type MediaRequest } from '../../shared/media-url.ts';
import { isInside } from './grants.ts';
import type { Project } from './project.ts';
import type { Thumbnails } from './thumbnails.ts';

export interface MediaFile {
  path: string;
  contentType: string;
  sizeBytes: number;
}

const ascii = (bytes: Buffer, from: number, to: number) => bytes.toString('latin1', from, to);

// What a browser shows. SVG is not among them: it is a program.
const kinds: { contentType: string; matches: (head: Buffer) => boolean }[] = [
  { contentType: 'image/jpeg', matches: (head) => head.readUIntBE(0, 3) === 0xffd8ff },
  { contentType: 'image/png', matches: (head) => head.readUInt32BE(0) === 0x89504e47 },
  { contentType: 'image/gif', matches: (head) => ascii(head, 0, 4) === 'GIF8' },
  { contentType: 'image/webp', matches: (head) => ascii(head, 0, 4) === 'RIFF' && ascii(head, 8, 12) === 'WEBP' },
  { contentType: 'image/bmp', matches: (head) => ascii(head, 0, 2) === 'BM' },
  {
    contentType: 'image/avif',
    matches: (head) => ascii(head, 4, 8) === 'ftyp' && /^avi[fs]$/.test(ascii(head, 8, 12)),
  },
];

const headBytes = 12;

/** The file of an image of the project, or of its thumbnail; undefined if there is none, its bytes changed, or it is no picture that may be served. */
export async function resolveMedia(
  { store }: Project,
  thumbnails: Thumbnails,
  { imageId, contentKey, width }: MediaRequest,
): Promise<MediaFile | undefined> {
  const image = store.images.find(imageId);
  const { imageRoot } = store.project.read();
  if (!image || imageRoot === null || contentKeyOf(image.sha256) !== contentKey) return undefined;
  try {
    const path = await realpath(join(imageRoot, image.path));
    // The image may have been replaced by a link since the import.
    if (!isInside(await realpath(imageRoot), path)) return undefined;
    await using file = await open(path, 'r');
    const head = Buffer.alloc(headBytes);
    const { bytesRead } = await file.read(head, 0, headBytes, 0);
    const kind = bytesRead === headBytes ? kinds.find(({ matches }) => matches(head)) : undefined;
    const { size: sizeBytes } = await file.stat();
    const original = kind && { path, contentType: kind.contentType, sizeBytes };
    const isSmall = Math.max(image.width, image.height) <= thumbnailWidth;
    // A file that has changed since the import must not be kept under the hash that it had.
    if (!original || width === undefined || isSmall || sizeBytes !== image.sizeBytes) return original;
    const thumbnail = await thumbnails.find(path, image.sha256);
    if (thumbnail === undefined) return original;
    return { path: thumbnail, contentType: 'image/webp', sizeBytes: (await stat(thumbnail)).size };
  } catch {
    // The file is gone or may not be read; the screen shows the picture as missing.
    return undefined;
  }
}
