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
      this.router.on(method, url, () => undefined, url);
    }
  }

  /** The methods of a path; empty if no route matches it. One with a route of its own has only the methods of that route. */
  methodsOf(path: string): string[] {
    const found = [...this.methods].flatMap((method) => {
      const route = this.router.find(method, path);
      return route === null ? [] : { method, isOwn: route.store === path };
    });
    const own = found.filter(({ isOwn }) => isOwn);
    return (own.length > 0 ? own : found).map(({ method }) => method).sort();
  }
}
