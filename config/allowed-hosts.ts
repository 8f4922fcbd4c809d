import { isIP } from 'node:net';

const ANY_ADDRESS = new Set(['0.0.0.0', '::']);

/**
 * Decides which Host headers a server responds to. A page of another site can make its own name resolve to this machine (DNS
 * rebinding); its requests are then of the same origin, and only their Host shows where they come from.
 * @param listening HOST: always allowed. If it stands for all addresses, so is every address, as a rebound name is no address
 * @param further ALLOWED_HOSTS: names without a port
 * @returns whether a Host header is allowed: also the names of the loopback interface, and no header at all (HTTP/1.0)
 */
export function allowedHosts(listening: string, further: readonly string[]): (header: string | undefined) => boolean {
  const names = new Set([listening, ...further].map(withoutBrackets));
  return (header) => {
    if (header === undefined) return true;
    const name = nameOf(header);
    if (name === null) return false;
    return isLoopback(name) || names.has(name) || (ANY_ADDRESS.has(listening) && isIP(name) !== 0);
  };
}

/**
 * How many Host headers a request has. Node keeps the first of several, and a proxy may have kept another: RFC 9112, section
 * 3.2, wants such a request refused.
 * @param rawHeaders names and values in turn, as Node gives them
 */
export const countHosts = (rawHeaders: readonly string[]): number =>
  rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length;

/** The name in a Host header, without its port, in lower case; null if it is malformed. */
function nameOf(header: string): string | null {
  const [, name] = /^(\[[\da-f:.]+\]|[^\s:/@[\]]+)(?::\d{1,5})?$/i.exec(header) ?? [];
  return name === undefined ? null : withoutBrackets(name);
}

const withoutBrackets = (name: string): string =>
  name
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');

/** Whether a name or an address, without brackets, is that of the loopback interface. */
export const isLoopback = (name: string): boolean =>
  name === 'localhost' ||
  name.endsWith('.localhost') ||
  name === '::1' ||
  (isIP(name) === 4 && name.startsWith('127.'));
