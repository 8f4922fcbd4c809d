import findMyWay, { type HTTPMethod } from 'find-my-way';

/** The methods of each registered route, to tell a 405 from a 404. Fastify itself finds no route by a path alone. */
export class RouteTable {
  private readonly router = findMyWay();
  private readonly methods = new Set<HTTPMethod>();

  /** @param url in Fastify's syntax: `:name` for one segment, a final `*` for the rest */
  add(url: string, methods: string | string[]): void {
    // a catch-all route does not mean that a path exists
    if (url === '*' || url === '/*') return;
    for (const method of [methods].flat() as HTTPMethod[]) {
      this.methods.add(method);
      this.router.on(method, url, () => undefined);
    }
  }

  /** The methods of a path; empty if no route matches it. */
  methodsOf(path: string): string[] {
    return [...this.methods].filter((method) => this.router.find(method, path) !== null).sort();
  }
}
