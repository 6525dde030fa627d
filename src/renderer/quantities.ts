// Quantities as a person says them, in words of the page's language; what is digits alone is in numbers.ts.
import { formatCount, formatDecimal, formatPercent, formatSigned } from './numbers.ts';
import { currentLanguage, t } from './texts.svelte.ts';

/** [0.643, 0.661] -> '64.3 to 66.1 %'. */
export const formatInterval = ([low, high]: readonly [number, number], decimals = 1): string =>
  t('quantity.interval', { low: formatDecimal(low * 100, decimals), high: formatPercent(high, decimals) });

/** The difference of two shares: 0.079 -> '+7.9 points'. */
export const formatPoints = (share: number): string => t('quantity.points', { points: formatSigned(share * 100, 1) });

/** Seconds: '0.04 s', '1.4 s', '48 s', '2 min 10 s', '2 h 11 min'. */
export function formatDuration(seconds: number): string {
  if (seconds < 0.095) return t('quantity.seconds', { seconds: formatDecimal(seconds, 2) });
  if (seconds < 10) return t('quantity.seconds', { seconds: formatDecimal(seconds, 1) });
  if (seconds < 59.5) return t('quantity.seconds', { seconds: formatDecimal(seconds, 0) });
  const minutes = Math.floor(Math.round(seconds) / 60);
  if (minutes < 60) return t('quantity.minutes', { minutes, seconds: Math.round(seconds) % 60 });
  return t('quantity.hours', { hours: formatCount(Math.floor(minutes / 60)), minutes: minutes % 60 });
}

/** Time left is never promised to the second: '3 s left' only below ten, else steps of five seconds or a minute. */
export function formatTimeLeft(seconds: number): string {
  if (seconds < 10) return t('quantity.seconds-left', { seconds: Math.max(1, Math.round(seconds)) });
  if (seconds < 90) return t('quantity.seconds-left', { seconds: Math.round(seconds / 5) * 5 });
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return t('quantity.minutes-left', { minutes });
  return t('quantity.hours-left', { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}

/** 27.4 -> '27 a second'; slow work keeps a digit. */
export const formatRate = (perSecond: number): string =>
  t('quantity.rate', { rate: formatDecimal(perSecond, perSecond < 10 ? 1 : 0) });

/** 'today 15:42', 'yesterday 17:20', '3 Nov, 14:10', '3 Nov 2024'. */
export function formatWhen(atMs: number, nowMs: number): string {
  const at = new Date(atMs);
  const now = new Date(nowMs);
  const time = `${String(at.getHours()).padStart(2, '0')}:${String(at.getMinutes()).padStart(2, '0')}`;
  const midnight = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  const days = Math.round((midnight(now) - midnight(at)) / 86_400_000);
  if (days === 0) return t('quantity.today', { time });
  if (days === 1) return t('quantity.yesterday', { time });
  const isThisYear = at.getFullYear() === now.getFullYear();
  // The day before the month, as most of the world writes it.
  const language = currentLanguage() === 'en' ? 'en-GB' : currentLanguage();
  const day = at.toLocaleDateString(language, {
    day: 'numeric',
    month: 'short',
    ...(isThisYear ? {} : { year: 'numeric' }),
  });
  return isThisYear ? `${day} ${time}` : day;
}
