// Resizing small pictures as PIL does, to the bit: what most models were trained on.

/** The pixels that one output pixel is made of, and their weights in 22-bit fixed point. */
interface Taps {
  /** First input place of each output place, and how many. */
  first: Int32Array;
  count: Int32Array;
  /** `width` weights for each output place. */
  weights: Int32Array;
  width: number;
}

const fractionBits = 22;
const half = 1 << (fractionBits - 1);

/** Keys' cubic with a = -0.5, PIL's BICUBIC. */
function cubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

const support = 2;
const known = new Map<string, Taps>();

/** The window widens as a picture shrinks, so that every input pixel counts. */
function tapsOf(from: number, to: number): Taps {
  const key = `${from}:${to}`;
  const found = known.get(key);
  if (found) return found;
  const scale = from / to;
  const widening = Math.max(1, scale);
  const reach = support * widening;
  const width = Math.ceil(reach) * 2 + 1;
  const taps: Taps = {
    first: new Int32Array(to),
    count: new Int32Array(to),
    weights: new Int32Array(to * width),
    width,
  };
  for (let place = 0; place < to; place++) {
    const centre = (place + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - reach + 0.5));
    const count = Math.min(from, Math.trunc(centre + reach + 0.5)) - first;
    const values = Array.from({ length: count }, (_, k) => cubic((k + first - centre + 0.5) / widening));
    const sum = values.reduce((total, value) => total + value, 0);
    taps.first[place] = first;
    taps.count[place] = count;
    values.forEach((value, k) => {
      const fixed = (value / sum) * (1 << fractionBits);
      taps.weights[place * width + k] = Math.trunc(fixed < 0 ? fixed - 0.5 : fixed + 0.5);
    });
  }
  if (known.size > 1000) known.clear();
  known.set(key, taps);
  return taps;
}

const clip = (sum: number) => {
  const value = sum >> fractionBits;
  return value < 0 ? 0 : value > 255 ? 255 : value;
};

/** RGB pixels of `width` x `height`, of which `step` bytes belong to one (3, or 4 with alpha passed over), at another size. */
export function resizePixels(
  pixels: Uint8Array,
  { width, height, step }: { width: number; height: number; step: number },
  to: { width: number; height: number },
): Uint8Array {
  const across = resizeRows(pixels, width, height, step, to.width);
  return to.height === height ? across : resizeColumns(across, to.width, height, to.height);
}

function resizeRows(pixels: Uint8Array, width: number, height: number, step: number, to: number): Uint8Array {
  const out = new Uint8Array(to * height * 3);
  if (to === width) {
    for (let at = 0, from = 0; at < out.length; at += 3, from += step) {
      out[at] = pixels[from]!;
      out[at + 1] = pixels[from + 1]!;
      out[at + 2] = pixels[from + 2]!;
    }
    return out;
  }
  const { first, count, weights, width: taps } = tapsOf(width, to);
  let at = 0;
  for (let row = 0; row < height; row++) {
    for (let x = 0; x < to; x++, at += 3) {
      let [r, g, b] = [half, half, half];
      let from = (row * width + first[x]!) * step;
      for (let k = x * taps, end = k + count[x]!; k < end; k++, from += step) {
        const weight = weights[k]!;
        r += pixels[from]! * weight;
        g += pixels[from + 1]! * weight;
        b += pixels[from + 2]! * weight;
      }
      out[at] = clip(r);
      out[at + 1] = clip(g);
      out[at + 2] = clip(b);
    }
  }
  return out;
}

function resizeColumns(pixels: Uint8Array, width: number, height: number, to: number): Uint8Array {
  const { first, count, weights, width: taps } = tapsOf(height, to);
  const stride = width * 3;
  const out = new Uint8Array(stride * to);
  const sums = new Int32Array(stride);
  for (let y = 0; y < to; y++) {
    sums.fill(half);
    for (let k = 0; k < count[y]!; k++) {
      const weight = weights[y * taps + k]!;
      const from = (first[y]! + k) * stride;
      for (let i = 0; i < stride; i++) sums[i]! += pixels[from + i]! * weight;
    }
    for (let i = 0; i < stride; i++) out[y * stride + i] = clip(sums[i]!);
  }
  return out;
}
