// Every number on the screen is written here: a true minus, narrow spaces in thousands, fixed digits, units.

const thin = '\u202f';
const minus = '\u2212';
const missing = '–';

const groupThousands = (digits: string): string => digits.replace(/\B(?=(\d{3})+$)/g, thin);

/** 9812 -> '9 812'. */
export const formatCount = (count: number): string => formatDecimal(count, 0);

/** Fixed decimals, grouped thousands, a true minus; never '−0'. */
export function formatDecimal(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return missing;
  const [whole = '0', fraction] = Math.abs(value).toFixed(decimals).split('.');
  const isZero = Number(`${whole}.${fraction ?? 0}`) === 0;
  return `${value < 0 && !isZero ? minus : ''}${groupThousands(whole)}${fraction ? `.${fraction}` : ''}`;
}

/** As formatDecimal, with the sign always written: '+0.84', '−0.49', '0.00'. */
export function formatSigned(value: number, decimals: number): string {
  const text = formatDecimal(value, decimals);
  return value > 0 && Number(value.toFixed(decimals)) !== 0 ? `+${text}` : text;
}

/** 0.731 -> '73.1 %'. */
export const formatPercent = (share: number, decimals = 1): string => `${formatDecimal(share * 100, decimals)}${thin}%`;

/** A share that may be tiny, to two significant digits: 0.0049 -> '0.49 %', 0.000083 -> '0.0083 %'. */
export const formatSmallPercent = (share: number): string => `${formatSmall(share * 100)}${thin}%`;

export const formatProbability = (probability: number): string => formatDecimal(probability, 2);

/** An upper bound with one significant digit, rounded up so that it still bounds: 0.0032 -> '±0.004'. */
export function formatBound(bound: number): string {
  if (!Number.isFinite(bound)) return missing;
  if (bound === 0) return '±0';
  const magnitude = Math.floor(Math.log10(bound));
  // Just below the next whole unit is that unit: 0.004 is 4 units and a rounding error of binary fractions.
  const rounded = Math.ceil(bound / 10 ** magnitude - 1e-9);
  const [units, exponent] = rounded === 10 ? [1, magnitude + 1] : [rounded, magnitude];
  if (exponent < -4) return `±${units}·${formatPower(exponent)}`;
  return `±${formatDecimal(units * 10 ** exponent, Math.max(0, -exponent))}`;
}

/** 0.0003 -> '3·10⁻⁴', 0.05 -> '0.05'; two significant digits. */
export function formatSmall(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return formatDecimal(value, 0);
  if (Math.abs(value) >= 0.001) return formatDecimal(value, Math.max(0, 1 - Math.floor(Math.log10(Math.abs(value)))));
  const [mantissa = '0', exponent = '0'] = value.toExponential(1).split('e');
  const digits = Number(mantissa);
  const head = digits === 1 ? '' : `${formatDecimal(digits, Number.isInteger(digits) ? 0 : 1)}·`;
  return `${head}${formatPower(Number(exponent))}`;
}

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';
const formatPower = (exponent: number): string =>
  `10${exponent < 0 ? '⁻' : ''}${[...String(Math.abs(exponent))].map((digit) => superscripts[Number(digit)]).join('')}`;

/** 'p < 0.001', 'p = 0.012'. */
export const formatPValue = (p: number): string => (p < 0.001 ? 'p < 0.001' : `p = ${formatDecimal(p, 3)}`);

export const formatSize = (width: number, height: number): string => `${formatCount(width)} × ${formatCount(height)}`;
