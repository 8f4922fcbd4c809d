/** A text that nobody else has, for an Idempotency-Key. (`crypto.randomUUID` is missing where a page has no https.) */
export const randomKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
