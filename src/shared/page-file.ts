// Which address of the page is which built file. The same short list of what may be asked for serves both hosts.

export interface PageFile {
  /** Below the folder of the built page, with `/`. */
  path: string;
  contentType: string;
}

const contentTypes: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  woff2: 'font/woff2',
};

/**
 * Reads the undecoded path of an address; undefined for anything that is not a plain file name, at the top or in
 * `assets/`, with a known ending. Nothing is decoded, so an escaped `..` is as unknown as a plain one.
 */
export function readPagePath(pathname: string): PageFile | undefined {
  if (pathname === '/') return { path: 'index.html', contentType: contentTypes.html! };
  const match = /^\/((?:assets\/)?[\w-]+(?:\.[\w-]+)*\.(\w+))$/.exec(pathname);
  const ending = match?.[2] ?? '';
  if (!match || !Object.hasOwn(contentTypes, ending)) return undefined;
  return { path: match[1]!, contentType: contentTypes[ending]! };
}
