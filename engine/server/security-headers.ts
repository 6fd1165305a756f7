// What every answer to the window carries: a content security policy without exceptions, and the
// headers that keep the workstation's pages to themselves. The browser mode and Electron's protocol
// handlers send the same.

/**
 * `pictures` and `sockets` are further origins the page needs: `evidence:` in Electron, nothing in
 * the browser.
 */
export function contentSecurityPolicy(pictures: readonly string[] = []): string {
  const from = ["'self'", ...pictures].join(' ');
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src ${from} blob: data:`,
    "font-src 'self'",
    `connect-src ${from}`,
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-src 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ');
}

/**
 * Headers of every answer. Pictures are evidence: nothing may leave a copy of them in a cache on
 * disk.
 */
export const securityHeaders = (pictures: readonly string[] = []): Record<string, string> => ({
  'Content-Security-Policy': contentSecurityPolicy(pictures),
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=(), payment=()',
  'Cache-Control': 'no-store',
});
