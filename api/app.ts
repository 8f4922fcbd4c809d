import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import type { ApiDeps } from './deps.js';
import { followClosures } from './markets/follow-closures.js';
import { AssetCatalog } from './assets/asset-catalog.js';
import { linkFormerSymbols } from './assets/former-symbol-links.js';
import { requireTokens } from './admin/tokens.js';
import { serveDashboard } from './dashboard/serve.js';
import { allowOrigins } from './http/cors.js';
import { compressResponses, fastifyAdapter } from './http/fastify.js';
import { ProblemFilter } from './http/problem.filter.js';
import { NestLog } from './http/nest-log.js';
import { observeRequests, processRegistry } from './metrics/http-metrics.js';
import { openApiDocument, serveDocs } from './openapi/document.js';

/** The API with its dependencies, ready for `listen` or `inject`. Queries neither the database nor Temporal. */
export async function createApp(deps: ApiDeps): Promise<NestFastifyApplication> {
  const { adapter, routes } = fastifyAdapter(deps);
  const registry = processRegistry();
  deps.tracing?.requests(adapter.getInstance());
  linkFormerSymbols(adapter.getInstance(), () => app.get(AssetCatalog));
  observeRequests(adapter.getInstance(), registry);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(deps, registry), adapter, {
    logger: new NestLog(deps.log),
    abortOnError: false,
  });
  allowOrigins(app, deps.corsOrigins);
  await compressResponses(app);
  // after CORS: a page of another origin must see that its token is missing
  requireTokens(adapter.getInstance(), deps, registry);
  followClosures(adapter.getInstance(), deps);
  app.useGlobalFilters(new ProblemFilter(routes, deps.log, deps.dashboard));
  serveDashboard(adapter.getInstance(), deps.dashboard);
  serveDocs(app, openApiDocument(app, deps));
  await app.init();
  await adapter.getInstance().ready();
  return app;
}
