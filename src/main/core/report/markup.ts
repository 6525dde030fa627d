// HTML from templates in which every value is escaped, unless it is HTML that was made the same way.

/** HTML that may stand as it is. */
export class Markup {
  readonly html: string;
  constructor(html: string) {
    this.html = html;
  }
}

type Value = string | number | Markup | readonly (string | number | Markup)[];

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const toHtml = (value: Value): string => {
  if (value instanceof Markup) return value.html;
  if (typeof value === 'string' || typeof value === 'number')
    return String(value).replace(/[&<>"']/g, (sign) => entities[sign]!);
  return value.map(toHtml).join('');
};

/** A template whose places are escaped; lists are joined. */
export const html = (parts: TemplateStringsArray, ...values: Value[]): Markup =>
  new Markup(parts.map((part, place) => (place === 0 ? '' : toHtml(values[place - 1]!)) + part).join(''));
