// `app://` serves the built page and `media://` its pictures: no `file://`, no path from the page.
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { protocol } from 'electron';
import { readMediaUrl, type MediaBase, type MediaRequest } from '../../shared/media-url.ts';
import { readPagePath } from '../../shared/page-file.ts';
import { mediaHeaders, pageHeaders, refusalHeaders } from '../../shared/response-headers.ts';
import type { MediaFile } from './process-contract.ts';

export const pageOrigin = 'app://second-look';
const mediaBase: MediaBase = 'media://image/';

export interface ProtocolsOptions {
  /** Folder of the built page. */
  rendererFolder: string;
  resolveMedia(request: MediaRequest): Promise<MediaFile | null>;
  log(line: string): void;
}

/** Once, and before the app is ready: Chromium reads the list when it starts. */
export function registerSchemes(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
    { scheme: 'media', privileges: { standard: true, secure: true } },
  ]);
}

/** After the app is ready, before the first window. */
export function handleProtocols({ rendererFolder, resolveMedia, log }: ProtocolsOptions): void {
  const answer = (serve: (url: string) => Promise<Response>) => async (request: Request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405);
    try {
      return await serve(request.url);
    } catch (error) {
      log(`${request.url}: ${String(error)}`);
      return refuse(500);
    }
  };

  protocol.handle(
    'app',
    answer(async (url) => {
      const file = url.startsWith(`${pageOrigin}/`) && readPagePath(url.slice(pageOrigin.length).split(/[?#]/, 1)[0]!);
      const body = file && (await readFile(join(rendererFolder, file.path)).catch(() => undefined));
      return body ? new Response(body, { headers: pageHeaders('desktop', file) }) : refuse(404);
    }),
  );

  protocol.handle(
    'media',
    answer(async (url) => {
      const asked = url.startsWith(mediaBase) ? readMediaUrl(url.slice(mediaBase.length)) : undefined;
      const file = asked && (await resolveMedia(asked));
      return file ? sendPicture(file) : refuse(404);
    }),
  );
}

async function sendPicture(file: MediaFile): Promise<Response> {
  const handle = await open(file.path).catch(() => undefined);
  if (!handle) return refuse(404);
  const { size } = await handle.stat();
  const body = Readable.toWeb(handle.createReadStream()) as ReadableStream;
  return new Response(body, { headers: mediaHeaders('desktop', { ...file, sizeBytes: size }) });
}

const refuse = (status: number): Response => new Response(null, { status, headers: refusalHeaders });
