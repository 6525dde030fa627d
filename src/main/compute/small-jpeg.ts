// Small JPEGs, decoded without the machinery that a large picture needs and a small one only pays for.
import * as codec from '@jsquash/jpeg/decode.js';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

export interface SmallPicture {
  width: number;
  height: number;
  /** Red, green, blue, 255. */
  rgba: Uint8Array;
}

/** Beyond this many pixels sharp is the faster. */
const largestPixels = 256 * 256;
const largestBytes = 128 * 1024;

/** What the decoder has; its own types are those of a browser. */
const { default: decodeJpeg, init } = codec as unknown as {
  default(bytes: Uint8Array): Promise<{ data: Uint8ClampedArray; width: number; height: number }>;
  init(module: object, options: { printErr(line: string): void }): Promise<void>;
};
const { compile } = (globalThis as unknown as { WebAssembly: { compile(bytes: Uint8Array): Promise<object> } })
  .WebAssembly;

let starting: Promise<void> | undefined;

/** The decoder is libjpeg's as WebAssembly, started once for each thread. */
function start(): Promise<void> {
  // What it answers with in a browser.
  (globalThis as { ImageData?: unknown }).ImageData ??= class {
    readonly data: Uint8ClampedArray;
    readonly width: number;
    readonly height: number;
    constructor(data: Uint8ClampedArray, width: number, height: number) {
      [this.data, this.width, this.height] = [data, width, height];
    }
  };
  const path = createRequire(import.meta.url).resolve('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm');
  return compile(readFileSync(path)).then((module) => init(module, { printErr: () => undefined }));
}

/**
 * A small, plain JPEG (upright, whole, gray or YCbCr) as sharp would decode it, to the bit; undefined for anything else,
 * which sharp then takes or refuses.
 */
export async function decodeSmallJpeg(bytes: Uint8Array): Promise<SmallPicture | undefined> {
  if (!isSmallAndPlain(bytes)) return undefined;
  try {
    await (starting ??= start());
    const { data, width, height } = await decodeJpeg(bytes);
    return { width, height, rgba: new Uint8Array(data.buffer, data.byteOffset, data.length) };
  } catch {
    // What it throws says nothing, and it may be left in pieces: sharp has the sentence, the next picture a new decoder.
    starting = undefined;
    return undefined;
  }
}

/** By the markers before the picture itself (ITU T.81, annex B): SOI, segments with a length each, a frame header. */
function isSmallAndPlain(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length > largestBytes || bytes.length < 4 || view.getUint16(0) !== 0xffd8) return false;
  // Cut short, it has no end.
  if (view.getUint16(bytes.length - 2) !== 0xffd9) return false;
  for (let at = 2; at + 10 < bytes.length; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint16(at);
    // EXIF may turn it, and Adobe's marker says that its colours are others.
    if (marker === 0xffe1 || marker === 0xffee || marker < 0xffc0) return false;
    if (marker !== 0xffc0 && marker !== 0xffc2) continue;
    const [precision, height, width, components] = [
      bytes[at + 4],
      view.getUint16(at + 5),
      view.getUint16(at + 7),
      bytes[at + 9],
    ];
    const pixels = width * height;
    return precision === 8 && (components === 3 || components === 1) && pixels > 0 && pixels <= largestPixels;
  }
  return false;
}
