// One picture of the sample as SVG: a fruit on some ground in some light, with things lying about.
import type { Chance } from './chance.ts';
import { hsl, type Fruit } from './fruit.ts';

/** Width and height of every picture. */
export const pictureSize = 96;

export function drawScene(fruit: Fruit, chance: Chance): string {
  const x = chance.between(40, 56);
  const y = chance.between(42, 56);
  const size = chance.between(22, 34);
  const turn = chance.normal() * 14;
  const stretch = chance.between(0.88, 1.14);
  const mirror = chance.pick([-1, 1]);
  const shadow = `<ellipse cx="${x + 2}" cy="${y + size * 0.92}" rx="${size * 0.95}" ry="${size * 0.22}" fill="#000" opacity="${chance.between(0.08, 0.3)}"/>`;
  const front = `<g transform="translate(${x},${y}) rotate(${turn}) scale(${mirror * size * stretch},${size / stretch})">${fruit.draw(chance)}</g>`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${pictureSize}" height="${pictureSize}" viewBox="0 0 96 96">` +
    drawGround(chance) +
    drawClutter(chance, chance.between(0, 4), 0.9) +
    shadow +
    front +
    (chance.happens(0.4) ? drawClutter(chance, chance.between(1, 3), 0.8) : '') +
    drawLight(chance) +
    '</svg>'
  );
}

function drawGround(chance: Chance): string {
  const hue = chance.between(0, 360);
  const saturation = chance.between(8, 36);
  const lightness = chance.between(62, 92);
  const plain = `<rect width="96" height="96" fill="${hsl(hue, saturation, lightness)}"/>`;
  const other = hsl(hue + chance.between(-50, 50), saturation, lightness + chance.pick([-14, 10]));
  const turn = chance.between(-40, 40);
  const step = chance.between(9, 22);
  const stripes = Array.from(
    { length: 14 },
    (_, index) => `<rect x="${-60 + index * step * 2}" y="-60" width="${step}" height="220" fill="${other}"/>`,
  ).join('');
  const striped = `<g transform="rotate(${turn} 48 48)">${stripes}</g>`;
  const crossed = `${striped}<g transform="rotate(${turn + 90} 48 48)" opacity=".5">${stripes}</g>`;
  const table = `<rect y="${chance.between(45, 70)}" width="96" height="60" fill="${other}"/>`;
  const plate = `<ellipse cx="48" cy="${chance.between(52, 66)}" rx="${chance.between(38, 50)}" ry="${chance.between(22, 36)}" fill="${other}" stroke="#fff" stroke-opacity=".4"/>`;
  return plain + chance.pick(['', striped, crossed, table, table, plate]);
}

/** Berries, leaves and crumbs. */
function drawClutter(chance: Chance, count: number, opacity: number): string {
  let things = '';
  for (let index = 1; index <= count; index++) {
    const place = `translate(${chance.between(2, 94)},${chance.between(10, 94)}) rotate(${chance.between(0, 360)})`;
    const colour = hsl(chance.between(0, 360), chance.between(25, 80), chance.between(25, 70));
    const radius = chance.between(3, 9);
    const berry = `<circle r="${radius}" fill="${colour}"/><circle cx="${-radius / 3}" cy="${-radius / 3}" r="${radius / 4}" fill="#fff" opacity=".5"/>`;
    const leaf = `<path d="M0,0C4,-7 13,-7 18,-2C12,3 5,4 0,0Z" fill="${hsl(chance.between(70, 140), chance.between(25, 60), chance.between(25, 50))}"/>`;
    const stick = `<path d="M-12,0Q0,${chance.between(-5, 5)} 12,0" fill="none" stroke="${colour}" stroke-width="${chance.between(1, 3)}"/>`;
    things += `<g transform="${place}" opacity="${opacity}">${chance.pick([berry, berry, leaf, stick])}</g>`;
  }
  return things;
}

/** A tint over everything: lamps, dusk, shade. */
function drawLight(chance: Chance): string {
  const tint = hsl(chance.pick([chance.between(20, 60), chance.between(190, 260), chance.between(0, 360)]), 70, 50);
  return `<rect width="96" height="96" fill="${tint}" opacity="${chance.between(0, 0.14)}"/>`;
}
