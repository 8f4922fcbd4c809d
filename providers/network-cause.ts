/** Why a request got no response: a code of Node.js or its HTTP client, and a message; either may be empty. */
export interface NetworkCause {
  code: string;
  message: string;
}

/** What the HTTP client says if a proxy opens no tunnel. */
const NO_TUNNEL = /^Proxy response \((\d{3})\) !== 200 when HTTP Tunneling$/;

/** The innermost cause of an error is the most specific: "fetch failed" contains ECONNRESET. */
export function networkCause(error: unknown): NetworkCause {
  let inner = error as { cause?: unknown; code?: unknown; message?: unknown } | null | undefined;
  for (let depth = 0; depth < 5 && inner?.cause; depth++) inner = inner.cause;
  const code = typeof inner?.code === 'string' ? inner.code : '';
  const message = typeof inner?.message === 'string' ? inner.message : '';
  const status = NO_TUNNEL.exec(message)?.[1];
  return status ? { code: '', message: `the proxy answered ${status}` } : { code, message };
}
