/** Proxy variables, as programs of all kinds read them: curl, npm, pip, Go, Node and gRPC. */
const PROXIES = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'];
const LOOPBACK = ['localhost', '127.0.0.1', '::1'];
/** Where our own servers listen, if not on the loopback interface. */
const OWN_HOSTS = ['HOST', 'METRICS_HOST'];

/**
 * What our programs need in their environment behind a proxy: Node uses it for requests to the providers and for
 * downloads, and nothing that is for this machine goes through it.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Record<string, string>} variables to set; none if there is no proxy
 * @throws Error that names the variable with an address that Node cannot use: it would end every program of ours
 */
export function proxyVariables(env) {
  const set = PROXIES.filter((name) => env[name]);
  if (set.length === 0) return {};
  const excepted = (env.no_proxy || env.NO_PROXY || '').split(',').map((host) => host.trim());
  const own = OWN_HOSTS.map((name) => env[name]);
  // a list with `*` excepts every host, but only if nothing else is in it
  const all = excepted.includes('*') ? '*' : [...new Set([...excepted, ...LOOPBACK, ...own])].filter(Boolean).join(',');
  return {
    ...Object.fromEntries(set.map((name) => [name, proxyAddress(name, env[name])])),
    ...{ NODE_USE_ENV_PROXY: env.NODE_USE_ENV_PROXY || '1', no_proxy: all, NO_PROXY: all },
  };
}

/** The address with its scheme: curl, npm and others do without, Node does not. The message must not show a password. */
function proxyAddress(name, value) {
  const address = value.includes('://') ? value : `http://${value}`;
  try {
    const { protocol, username, password } = new URL(address);
    decodeURIComponent(username + password);
    if (protocol === 'http:' || protocol === 'https:') return address;
  } catch {
    // said below
  }
  throw new Error(
    `${name} is not the address of an HTTP proxy, such as http://proxy.example.com:8080 ` +
      'or http://user:password@proxy.example.com:8080 (with %25 for a % in the password).\nCorrect it, or unset it if there is no proxy.',
  );
}
