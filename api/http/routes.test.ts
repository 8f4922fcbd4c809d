import { describe, expect, it } from '@jest/globals';
import { RouteTable } from './routes.js';

describe('RouteTable', () => {
  const routes = new RouteTable();
  routes.add('/api/stocks/:symbol/ohlcv', 'GET');
  routes.add('/api/stocks/:symbol/ohlcv', 'HEAD');
  routes.add('/docs/*', ['GET']);
  routes.add('*', ['OPTIONS']);

  it('knows the methods of a path with parameters', () => {
    expect(routes.methodsOf('/api/stocks/SIE.DE/ohlcv')).toEqual(['GET', 'HEAD']);
  });

  it('takes one segment for a parameter', () => {
    expect(routes.methodsOf('/api/stocks/a/b/ohlcv')).toEqual([]);
  });

  it('knows no path with a slash more, which the router does not answer either', () => {
    expect(routes.methodsOf('/api/stocks/SPY/ohlcv/')).toEqual([]);
  });

  it('takes the rest of the path for a star, and ignores a route for everything', () => {
    expect(routes.methodsOf('/docs/a/b.css')).toEqual(['GET']);
    expect(routes.methodsOf('/elsewhere')).toEqual([]);
  });
});
