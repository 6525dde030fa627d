// What a model says of real pictures, before anything is made of it.
import type { PictureLook, PreparedPicture, Preprocessing } from '../../shared/model.ts';
import { decodePicture } from './decode.ts';
import { differenceOfHead } from './judge-head.ts';
import type { ProvenModel } from './prove-model.ts';
import { resizePixels } from './resize.ts';

/**
 * The model's own first class for each picture that can be read, and how far its head is from its logits there (0 where
 * there is no head).
 */
export async function tryPictures(
  { plan, session, writer, head, weights, fixedBatch }: ProvenModel,
  paths: string[],
  classNames?: readonly string[],
): Promise<{ looks: PictureLook[]; difference: number }> {
  const looks: PictureLook[] = [];
  let difference = 0;
  const count = fixedBatch ?? 1;
  for (const path of paths) {
    const pixels = writer.createTensor(count);
    const picture = await decodePicture(path, plan.preprocessing).catch(() => null);
    if (!picture) continue;
    const shown = { path, picture: toShown(picture, plan.preprocessing) };
    if (head.classes === 0) {
      looks.push({ ...shown, classIndex: null, probability: null });
      continue;
    }
    writer.write(picture, pixels, 0);
    const answer = await session.run(pixels, count);
    if (weights) difference = Math.max(difference, differenceOfHead(weights, answer));
    const logits = answer.logits.subarray(0, head.classes);
    const best = logits.reduce((top, value, c) => (value > logits[top]! ? c : top), 0);
    // Beside one class alone stands that it is not.
    const others = head.classes === 1 ? Math.exp(-logits[0]!) : 0;
    const sum = logits.reduce((total, value) => total + Math.exp(value - logits[best]!), others);
    const className = classNames?.[best];
    looks.push({
      ...shown,
      classIndex: best,
      ...(className === undefined ? {} : { className }),
      probability: 1 / sum,
    });
  }
  return { looks, difference };
}

/** Longest side of what is shown; a model's own input may be much larger. */
const shownSide = 128;

function toShown(pixels: Uint8Array, { width, height }: Pick<Preprocessing, 'width' | 'height'>): PreparedPicture {
  const scale = Math.min(1, shownSide / Math.max(width, height));
  const size = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  const shown = scale === 1 ? pixels : resizePixels(pixels, { width, height, step: 3 }, size);
  return { ...size, rgb: Buffer.from(shown).toString('base64') };
}
