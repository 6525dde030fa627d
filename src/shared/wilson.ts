/** The 97.5 % quantile of the normal distribution. */
const z = 1.959963984540054;

/** 95 % score interval of a proportion (Wilson 1927): holds its level also near 0 and 1 and for few images. */
export function wilsonInterval(count: number, total: number): [number, number] {
  if (total === 0) return [0, 1];
  const share = count / total;
  const centre = share + (z * z) / (2 * total);
  const spread = z * Math.sqrt((share * (1 - share)) / total + (z * z) / (4 * total * total));
  const scale = 1 + (z * z) / total;
  return [Math.max(0, (centre - spread) / scale), Math.min(1, (centre + spread) / scale)];
}
