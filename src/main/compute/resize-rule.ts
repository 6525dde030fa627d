// How a picture comes to the model's size.
import type { Preprocessing } from '../../shared/model.ts';

export interface Fitting {
  /** The size that the whole picture is brought to. */
  width: number;
  height: number;
  /** The corner of what is cut out of it, of the model's size. */
  left: number;
  top: number;
}

type Rule = Pick<Preprocessing, 'width' | 'height' | 'shortestSide'>;

/**
 * Stretched to the model's size, or scaled until the shortest side has `shortestSide` pixels and the centre cut out. The
 * longer side is rounded down and the corner to the nearest even, as torchvision's Resize and CenterCrop do.
 */
export function fitPicture(picture: { width: number; height: number }, { width, height, shortestSide }: Rule): Fitting {
  if (shortestSide == null) return { width, height, left: 0, top: 0 };
  const shorter = Math.min(picture.width, picture.height);
  const scaled = {
    width: Math.floor((picture.width * shortestSide) / shorter),
    height: Math.floor((picture.height * shortestSide) / shorter),
  };
  return { ...scaled, left: roundToEven((scaled.width - width) / 2), top: roundToEven((scaled.height - height) / 2) };
}

const roundToEven = (value: number) => (value % 1 === 0.5 ? 2 * Math.round(value / 2) : Math.round(value));

/** The part of RGB pixels that a fitting keeps. */
export function cutCentre(
  pixels: Uint8Array,
  from: Fitting,
  { width, height }: Pick<Rule, 'width' | 'height'>,
): Uint8Array {
  if (from.width === width && from.height === height) return pixels;
  const out = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    const start = ((from.top + row) * from.width + from.left) * 3;
    out.set(pixels.subarray(start, start + width * 3), row * width * 3);
  }
  return out;
}
