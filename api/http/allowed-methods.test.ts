import { describe, expect, it } from 'vitest';
import { RouteTable } from './allowed-methods.js';

describe('RouteTable', () => {
  const routes = new RouteTable();
  routes.add('/api/stocks/:symbol/ohlcv', 'GET');
  routes.add('/api/stocks/:symbol/ohlcv', 'HEAD');
  routes.add('/api/assets/:symbol', 'PATCH');
  routes.add('/api/assets/list', 'GET');
  routes.add('/docs/*', ['GET']);
  routes.add('*', ['OPTIONS']);

  it('knows the methods of a path with parameters', () => {
    expect(routes.methodsOf('/api/stocks/SIE.DE/ohlcv')).toEqual(['GET', 'HEAD']);
  });

  it('matches one segment to a parameter', () => {
    expect(routes.methodsOf('/api/stocks/a/b/ohlcv')).toEqual([]);
  });

  it('knows a path of its own from a parameter that it would fit', () => {
    expect([routes.methodsOf('/api/assets/list'), routes.methodsOf('/api/assets/SPY')]).toEqual([['GET'], ['PATCH']]);
  });

  it('does not match a path with a trailing slash, nor does the router of the API', () => {
    expect(routes.methodsOf('/api/stocks/SPY/ohlcv/')).toEqual([]);
  });

  it('matches the rest of a path to a star, and ignores catch-all routes', () => {
    expect(routes.methodsOf('/docs/a/b.css')).toEqual(['GET']);
    expect(routes.methodsOf('/elsewhere')).toEqual([]);
  });
});
