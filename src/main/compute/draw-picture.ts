// A drawing of our own, such as a plot, as a picture file.
import { loadSharp } from './native-libraries.ts';

/** Writes the SVG as a PNG of its own size to `out`. See [Note: SVG is open while we draw]: this text is ours as well. */
export async function drawPicture(svg: string, out: string): Promise<void> {
  const sharp = await loadSharp();
  const readers = { operation: ['VipsForeignLoadSvg'] };
  sharp.unblock(readers);
  try {
    await sharp(Buffer.from(svg)).png().toFile(out);
  } finally {
    sharp.block(readers);
  }
}
