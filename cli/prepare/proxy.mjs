/** Proxy variables, as programs of all kinds read them: curl, npm, pip, Go, Node and gRPC. */
const PROXIES = [
  // of each pair, Node takes the first that is set
  ['http_proxy', 'HTTP_PROXY'],
  ['https_proxy', 'HTTPS_PROXY'],
];
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
  const set = PROXIES.flat().filter((name) => env[name]);
  if (set.length === 0) return {};
  const NODE_USE_ENV_PROXY = env.NODE_USE_ENV_PROXY || '1';
  if (NODE_USE_ENV_PROXY === '1')
    for (const twins of PROXIES) {
      const taken = twins.find((name) => env[name]);
      if (taken && !isUsable(withScheme(env[taken]))) throw new Error(refusal(taken));
    }
  const excepted = (env.no_proxy || env.NO_PROXY || '').split(',').map((host) => host.trim());
  const own = OWN_HOSTS.map((name) => env[name]);
  // a list with `*` excepts every host, but only if nothing else is in it
  const all = excepted.includes('*') ? '*' : [...new Set([...excepted, ...LOOPBACK, ...own])].filter(Boolean).join(',');
  return {
    ...Object.fromEntries(set.map((name) => [name, withScheme(env[name])])),
    ...{ NODE_USE_ENV_PROXY, no_proxy: all, NO_PROXY: all },
  };
}

/** curl, npm and others do without a scheme, Node does not. */
const withScheme = (address) => (address.includes('://') ? address : `http://${address}`);

function isUsable(address) {
  try {
    const { protocol, username, password } = new URL(address);
    decodeURIComponent(username + password);
    return protocol === 'http:' || protocol === 'https:';
  } catch {
    return false;
  }
}

/** Without the address: it may have a password. */
const refusal = (name) =>
  `${name} is not the address of an HTTP proxy, such as http://proxy.example.com:8080 ` +
  'or http://user:password@proxy.example.com:8080 (with %25 for a % in the password).\nCorrect it, or unset it if there is no proxy.';
