// Tables and numbers as a report writes them.
import type { Proportion } from '../../../shared/runs.ts';
import { html, Markup } from './markup.ts';

/** The columns after the first are numbers. */
export function table(head: readonly string[], rows: readonly (readonly (string | Markup)[])[]): Markup {
  const kind = (column: number) => new Markup(column > 0 ? 'class="number"' : '');
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          ${head.map((cell, column) => html`<th scope="col" ${kind(column)}>${cell}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell, column) => html`<td ${kind(column)}>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** Numbers are not torn from their units at the end of a line. */
const thin = '\u202f';

export const percent = (share: number): string => `${(share * 100).toFixed(1)}${thin}%`;
export const points = (share: number): string => `${share < 0 ? '−' : '+'}${Math.abs(share * 100).toFixed(1)}`;
export const interval = ({ interval: [low, high] }: Proportion): string =>
  `${(low * 100).toFixed(1)}\u00a0to\u00a0${percent(high)}`;
/** Rounded up to two digits, so that it still bounds. */
export function bound(value: number): string {
  const unit = 10 ** (Math.floor(Math.log10(value)) - 1);
  return `±${value > 0 ? Number((Math.ceil(value / unit) * unit).toPrecision(2)) : 0}`;
}
export const pValue = (p: number): string => (p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`);
export function duration(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (minutes < 1) return `${Math.round(seconds)} s`;
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
