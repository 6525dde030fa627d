/**
 * The one content security policy. `images` is where pictures come from: `media:` on the desktop host,
 * `'self'` on the loopback host. Nothing inline, nothing from elsewhere.
 */
export const contentSecurityPolicy = (images: "'self'" | "'self' media:"): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src ${images}`,
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ');
