// The address of a picture, written and read in one place. The page knows ids, never paths.

/** Where a host serves pictures: the desktop host by its own scheme, the loopback host below its origin. */
export type MediaBase = 'media://image/' | '/media/image/';

export interface MediaRequest {
  imageId: number;
  /** Changes with the bytes, so that an answer may be cached for ever. */
  contentKey: string;
  /** A thumbnail, this many pixels wide and high at most; the picture itself where left out. */
  width?: typeof thumbnailWidth;
}

/** Of tiles and strips: twice the size that most of them have, for screens of two pixels to one. */
export const thumbnailWidth = 256;

/** The content key of an image: enough of its SHA-256 (hex) to change whenever the bytes do. */
export const contentKeyOf = (sha256: string): string => sha256.slice(0, 16);

export const toMediaUrl = (base: MediaBase, { imageId, contentKey, width }: MediaRequest): string =>
  `${base}${imageId}?v=${contentKey}${width === undefined ? '' : `&w=${width}`}`;

/** Reads the part of a media address after the base, `<id>?v=<key>`; undefined if it is anything else. */
export function readMediaUrl(rest: string): MediaRequest | undefined {
  const match = /^([1-9]\d{0,9})\?v=([0-9a-f]{16})(&w=256)?$/.exec(rest);
  if (!match) return undefined;
  const request = { imageId: Number(match[1]), contentKey: match[2]! };
  return match[3] === undefined ? request : { ...request, width: thumbnailWidth };
}
