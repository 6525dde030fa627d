// The fruit of the sample: three pairs that are easily taken for each other. Drawn around the origin, about 2 units wide,
// as fragments of SVG.
import type { Chance } from './chance.ts';

/** A colour as SVG takes it. */
export type Colour = string;

export const hsl = (hue: number, saturation: number, lightness: number): Colour =>
  `hsl(${(((hue % 360) + 360) % 360) | 0},${saturation | 0}%,${lightness | 0}%)`;

export interface Fruit {
  name: string;
  /** The class that it is often taken for, and that is hardly ever taken for it. */
  takenFor: string | null;
  draw(chance: Chance): string;
}

export const fruits: readonly Fruit[] = [
  { name: 'apple', takenFor: null, draw: drawApple },
  { name: 'avocado', takenFor: 'pear', draw: drawAvocado },
  { name: 'orange', takenFor: null, draw: drawOrange },
  { name: 'peach', takenFor: 'orange', draw: drawPeach },
  { name: 'pear', takenFor: null, draw: drawPear },
  { name: 'tomato', takenFor: 'apple', draw: drawTomato },
];

function drawApple(chance: Chance): string {
  const hue = chance.happens(0.25) ? chance.between(70, 100) : chance.between(-14, 14);
  const body =
    'M0,-.66C-.26,-1.06 -.98,-.94 -.96,-.16C-.93,.5 -.5,1.06 -.18,.96Q0,.84 .18,.96C.5,1.06 .93,.5 .96,-.16C.98,-.94 .26,-1.06 0,-.66Z';
  return (
    drawBody(chance, body, hue, [62, 88], [38, 56]) +
    (chance.happens(0.85) ? drawStem(chance, -0.64, chance.between(0.35, 0.6)) : '') +
    (chance.happens(0.5) ? drawLeaf(chance, 0.05, -0.85) : '')
  );
}

function drawTomato(chance: Chance): string {
  const hue = chance.happens(0.1) ? chance.between(46, 85) : chance.between(0, 24);
  const body =
    'M0,-.68C-.5,-.94 -1.18,-.72 -1.14,0C-1.1,.56 -.6,.82 0,.82C.6,.82 1.1,.56 1.14,0C1.18,-.72 .5,-.94 0,-.68Z';
  const sepal = `<path d="M0,0Q.2,-.1 .56,.06Q.2,.12 0,0Z"/>`;
  const start = chance.between(0, 72);
  const calyx = [0, 1, 2, 3, 4]
    .map((index) => `<g transform="rotate(${start + index * 72 + chance.between(-12, 12)})">${sepal}</g>`)
    .join('');
  return (
    drawBody(chance, body, hue, [66, 92], [38, 54]) +
    (chance.happens(0.85)
      ? `<g transform="translate(0,-.64) scale(${chance.between(0.9, 1.3)},${chance.between(0.5, 0.85)})" fill="${hsl(chance.between(90, 130), 45, chance.between(24, 38))}">${calyx}</g>`
      : '') +
    (chance.happens(0.3) ? drawStem(chance, -0.66, chance.between(0.15, 0.3)) : '')
  );
}

function drawPear(chance: Chance): string {
  const hue = chance.between(50, 84);
  const neck = chance.between(0.3, 0.46);
  const body = `M0,-1.12C-${neck},-1.12 -.42,-.72 -.5,-.36C-.6,-.04 -.95,.14 -.92,.56C-.88,.94 -.42,1.04 0,1.04C.42,1.04 .88,.94 .92,.56C.95,.14 .6,-.04 .5,-.36C.42,-.72 ${neck},-1.12 0,-1.12Z`;
  return (
    drawBody(chance, body, hue, [45, 78], [42, 64]) +
    (chance.happens(0.35) ? drawFreckles(chance, 10, hsl(hue - 25, 40, 30)) : '') +
    (chance.happens(0.75) ? drawStem(chance, -1.06, chance.between(0.25, 0.5)) : '') +
    (chance.happens(0.2) ? drawLeaf(chance, 0.05, -1.1) : '')
  );
}

function drawAvocado(chance: Chance): string {
  const hue = chance.between(72, 118);
  const neck = chance.between(0.4, 0.62);
  const body = `M0,-1.06C-${neck},-1.06 -.58,-.66 -.66,-.32C-.78,0 -.92,.2 -.88,.54C-.84,.9 -.42,1.02 0,1.02C.42,1.02 .84,.9 .88,.54C.92,.2 .78,0 .66,-.32C.58,-.66 ${neck},-1.06 0,-1.06Z`;
  const skin = drawBody(chance, body, hue, [30, 62], [20, 44]);
  if (chance.happens(0.3)) {
    return `${skin}<path d="${body}" transform="scale(.86)" fill="${hsl(chance.between(62, 76), 60, chance.between(66, 78))}"/><circle cy=".34" r="${chance.between(0.3, 0.42)}" fill="${hsl(28, 50, chance.between(26, 40))}"/>`;
  }
  return (
    skin +
    (chance.happens(0.7) ? drawFreckles(chance, 22, hsl(hue, 40, chance.happens(0.5) ? 16 : 56)) : '') +
    (chance.happens(0.35) ? drawStem(chance, -1, chance.between(0.08, 0.2)) : '')
  );
}

function drawOrange(chance: Chance): string {
  const hue = chance.between(24, 42);
  const body =
    'M0,-.94C-.54,-.94 -.96,-.54 -.96,0C-.96,.54 -.54,.92 0,.92C.54,.92 .96,.54 .96,0C.96,-.54 .54,-.94 0,-.94Z';
  return (
    drawBody(chance, body, hue, [75, 98], [44, 60]) +
    (chance.happens(0.7) ? drawFreckles(chance, 26, hsl(hue - 6, 85, chance.happens(0.5) ? 40 : 68)) : '') +
    (chance.happens(0.6)
      ? `<circle cx="${chance.between(-0.3, 0.3)}" cy="${chance.between(-0.75, -0.5)}" r=".1" fill="${hsl(chance.between(70, 110), 40, 30)}"/>`
      : '') +
    (chance.happens(0.35) ? drawLeaf(chance, 0.02, -0.8) : '')
  );
}

function drawPeach(chance: Chance): string {
  const hue = chance.between(8, 34);
  const body =
    'M.05,-.86C-.5,-1.02 -1,-.56 -.98,.02C-.96,.56 -.5,.94 0,.96C.5,.94 .96,.56 .98,.02C1,-.56 .56,-1 .05,-.86Z';
  const bend = chance.between(-0.5, 0.5);
  return (
    drawBody(chance, body, hue, [68, 95], [58, 74]) +
    (chance.happens(0.65)
      ? `<ellipse cx="${chance.pick([-0.4, 0.4])}" cy="${chance.between(-0.2, 0.4)}" rx=".5" ry=".55" fill="${hsl(chance.between(-12, 12), 80, 56)}" opacity="${chance.between(0.25, 0.6)}"/>`
      : '') +
    (chance.happens(0.7)
      ? `<path d="M.05,-.84Q${bend},0 0,.5" fill="none" stroke="${hsl(hue - 14, 65, 42)}" stroke-width=".07" stroke-linecap="round" opacity="${chance.between(0.4, 0.9)}"/>`
      : '') +
    (chance.happens(0.35) ? drawLeaf(chance, 0.05, -0.88) : '')
  );
}

/** Skin, outline and shine. The gradient's id need only differ within a picture, and a picture has one fruit. */
function drawBody(
  chance: Chance,
  path: string,
  hue: number,
  [dull, vivid]: [number, number],
  [dark, light]: [number, number],
): string {
  const saturation = chance.between(dull, vivid);
  const lightness = chance.between(dark, light);
  const outline = chance.happens(0.45)
    ? `stroke="${hsl(hue - 8, saturation * 0.8, lightness * 0.5)}" stroke-width="${chance.between(0.03, 0.11)}"`
    : '';
  const depth = chance.between(4, 18);
  const shine = chance.happens(0.7)
    ? `<ellipse cx="-.38" cy="-.34" rx="${chance.between(0.12, 0.26)}" ry="${chance.between(0.08, 0.16)}" transform="rotate(-35 -.38 -.34)" fill="#fff" opacity="${chance.between(0.25, 0.7)}"/>`
    : '';
  return `<radialGradient id="skin" cx=".36" cy=".32" r=".85"><stop offset="0" stop-color="${hsl(hue + 6, saturation, lightness + depth * 0.7)}"/><stop offset="1" stop-color="${hsl(hue - 6, saturation, lightness - depth)}"/></radialGradient><path d="${path}" fill="url(#skin)" ${outline}/>${shine}`;
}

function drawStem(chance: Chance, y: number, length: number): string {
  const lean = chance.between(-0.25, 0.25);
  return `<path d="M0,${y}Q0,${y - length * 0.6} ${lean},${y - length}" fill="none" stroke="${hsl(chance.between(22, 45), 40, chance.between(20, 34))}" stroke-width="${chance.between(0.08, 0.14)}" stroke-linecap="round"/>`;
}

function drawLeaf(chance: Chance, x: number, y: number): string {
  const turn = chance.pick([-1, 1]) * chance.between(10, 50);
  const side = chance.pick([-1, 1]);
  return `<path d="M0,0C.2,-.34 .62,-.36 .86,-.12C.6,.1 .24,.14 0,0Z" transform="translate(${x},${y}) scale(${side * chance.between(0.7, 1.1)},1) rotate(${turn * 0.5})" fill="${hsl(chance.between(85, 135), chance.between(35, 60), chance.between(28, 46))}"/>`;
}

function drawFreckles(chance: Chance, count: number, colour: Colour): string {
  let dots = '';
  for (let index = 0; index < count; index++) {
    const angle = chance.between(0, 2 * Math.PI);
    const distance = 0.72 * Math.sqrt(chance.between(0, 1));
    dots += `<circle cx="${Math.cos(angle) * distance}" cy="${Math.sin(angle) * distance + 0.1}" r="${chance.between(0.02, 0.05)}"/>`;
  }
  return `<g fill="${colour}" opacity="${chance.between(0.35, 0.8)}">${dots}</g>`;
}
