/** Proxy variables, as programs of all kinds read them: curl, npm, pip, Go, Node and gRPC. */
const PROXIES = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'];
const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

/**
 * What our programs need in their environment behind a proxy: Node uses it for requests to the providers and for
 * downloads, and nothing that is for this machine goes through it.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Record<string, string>} variables to set; none if there is no proxy
 */
export function proxyVariables(env) {
  if (!PROXIES.some((name) => env[name])) return {};
  const excepted = (env.no_proxy || env.NO_PROXY || '').split(',').map((host) => host.trim());
  // a list with `*` excepts every host, but only if nothing else is in it
  const all = excepted.includes('*') ? '*' : [...new Set([...excepted, ...LOOPBACK])].filter(Boolean).join(',');
  return { NODE_USE_ENV_PROXY: env.NODE_USE_ENV_PROXY || '1', no_proxy: all, NO_PROXY: all };
}
