// The headers under which both hosts serve the page and its pictures.
import { contentSecurityPolicy } from './csp.ts';

export type HostKind = 'desktop' | 'loopback';

/** On every answer, refusals included. */
export const refusalHeaders: Record<string, string> = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'X-Frame-Options': 'DENY',
};

/** For a file of the built page. Only names that carry a hash of their content may be cached. */
export const pageHeaders = (host: HostKind, file: { path: string; contentType: string }): Record<string, string> => ({
  ...refusalHeaders,
  'Content-Type': file.contentType,
  'Content-Security-Policy': contentSecurityPolicy(host === 'desktop' ? "'self' media:" : "'self'"),
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': file.path.startsWith('assets/') ? 'private, max-age=31536000, immutable' : 'no-store',
});

/**
 * For a picture. On the desktop host pictures have an origin of their own (`media://image`), so 'same-origin' would
 * refuse them to the page; no other page can ask there.
 */
export const mediaHeaders = (
  host: HostKind,
  file: { contentType: string; sizeBytes: number },
): Record<string, string> => ({
  ...refusalHeaders,
  'Content-Type': file.contentType,
  'Content-Length': String(file.sizeBytes),
  'Content-Security-Policy': "sandbox; default-src 'none'",
  'Cross-Origin-Resource-Policy': host === 'desktop' ? 'cross-origin' : 'same-origin',
  'Cache-Control': 'private, max-age=31536000, immutable',
});
