/** jest's globalTeardown: stops what setup.mjs started, and waits for it to exit. */
export default async function teardown() {
  const host = globalThis.barkeepTestHost;
  if (!host || host.exitCode !== null) return;
  const ended = new Promise((resolve) => host.once('exit', resolve));
  host.disconnect();
  await ended;
}
