import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

const HOST = '127.0.0.1';

export interface Balancer {
  /** host:port */
  address: string;
  close(): void;
}

/**
 * Stands for the load balancer in front of the nodes of a cluster: passes each connection to the first node that accepts
 * it, so that clients of a node that is gone find another one when they connect again.
 * @param ports of the nodes on this machine, in the order in which they are tried
 */
export async function startBalancer(ports: readonly number[]): Promise<Balancer> {
  const open = new Set<Socket>();
  const server = createServer((client) => {
    open.add(client);
    client.on('close', () => open.delete(client)).on('error', () => client.destroy());
    pass(client, ports);
  }).listen(0, HOST);
  await once(server, 'listening');
  return {
    address: `${HOST}:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

function pass(client: Socket, [port, ...others]: readonly number[]): void {
  if (port === undefined) {
    client.destroy();
    return;
  }
  const node = connect(port, HOST);
  const next = () => pass(client, others);
  node.once('error', next);
  node.once('connect', () => {
    node.off('error', next).on('error', () => client.destroy());
    node.on('close', () => client.destroy());
    client.on('close', () => node.destroy());
    client.pipe(node).pipe(client);
  });
}
