import type { INestApplication } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { SECURITY } from '../dashboard/serve.js';
import type { ApiDeps } from '../deps.js';
import type { ProblemBody } from '../http/problem.js';
import { pathOf } from '../http/problem.filter.js';
import { ADMIN_SCHEME, READ_SCHEME } from './describe.js';
import { componentSchemas } from './registry.js';

const DESCRIPTION = `Bars, indicators and live prices of the tracked assets, and the state of the pipelines that fetch them.

Times are ISO 8601 in UTC. The time of a bar is its open. Only final bars are stored. Errors are \`application/problem+json\`
(RFC 9457); unknown parameters are rejected. Reads have an ETag, and every GET also supports HEAD. Responses with simulated
data have the header \`X-Market-Data: simulated\`.

**Tokens.** Requests that change something need the admin token. If the server has a read token, all others below \`/api\`, and
\`/metrics\`, need that one or the admin token, or else they return 401.

**Clocks.** The wall clock is the real time. The market clock is the wall clock plus a fixed offset, so that the sandbox can
simulate another time; in live mode the two are equal.`;

const SIMULATED = '**SIMULATED DATA.** These prices come from a simulated exchange, not from a real market.\n\n';

/** Builds the OpenAPI 3.1 document from the controllers and the response schemas. */
export function openApiDocument(
  app: INestApplication,
  { mode, version }: Pick<ApiDeps, 'mode' | 'version'>,
): OpenAPIObject {
  const sandbox = mode === 'sandbox';
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(sandbox ? 'Barkeep · SIMULATED' : 'Barkeep')
    .setDescription(sandbox ? SIMULATED + DESCRIPTION : DESCRIPTION)
    .setVersion(version)
    .addSecurity(ADMIN_SCHEME, {
      type: 'http',
      scheme: 'bearer',
      description: 'The value of `ADMIN_TOKEN` on the server.',
    })
    .addSecurity(READ_SCHEME, {
      type: 'http',
      scheme: 'bearer',
      description: 'The value of `READ_TOKEN` on the server, if it has one.',
    })
    .addTag('stocks', 'Bars, indicators and prices of stocks')
    .addTag('crypto', 'Bars, indicators and prices of coins')
    .addTag('assets', 'Tracked assets, and the indicators that can be computed for them')
    .addTag('markets', 'Trading hours of exchanges')
    .addTag('stream', 'Live events about stored bars')
    .addTag('alerts', 'What a person should know of, and crossings of prices and averages')
    .addTag('quality', 'Coverage, lineage, revisions and quarantine of bars')
    .addTag('pipeline', 'Runs, schedules, backfills and providers')
    .addTag('operations', 'Endpoints for load balancers and monitoring')
    .build();
  const document = SwaggerModule.createDocument(app, config);
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const operation of Object.values(operations)) fillInInstance(path, operation as Operation);
  }
  const schemas = componentSchemas() as NonNullable<OpenAPIObject['components']>['schemas'];
  // an API that is reached under several names is relative to its document; reads need no token unless the server has one
  const security: OpenAPIObject['security'] = [{}, { [READ_SCHEME]: [] }];
  return { ...document, servers: [{ url: '/' }], security, components: { ...document.components, schemas } };
}

/** The parts of an operation that are needed here. */
interface Operation {
  parameters?: { name: string; in: string; example?: string; schema: { examples?: string[] } }[];
  responses: Record<string, { content?: Record<string, { example?: ProblemBody }> }>;
}

/** Gives path parameters an example to try out, and fills in `instance` in the examples of an operation's problems: its path with the examples of its parameters. */
function fillInInstance(path: string, { parameters = [], responses }: Operation): void {
  const inPath = parameters.filter((parameter) => parameter.in === 'path');
  // Swagger UI fills in this one only
  for (const parameter of inPath) parameter.example = parameter.schema.examples![0]!;
  const exampleOf = (name: string) => inPath.find((parameter) => parameter.name === name)!.example!;
  const instance = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(exampleOf(name)));
  for (const { content } of Object.values(responses)) {
    const problem = content?.['application/problem+json'];
    if (problem?.example) problem.example = { ...problem.example, instance };
  }
}

/** Swagger UI loads its scripts from files, but has inline styles and images. */
const DOCS_POLICY =
  "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Serves Swagger UI at /docs, with no files from other hosts, and the document at /openapi.json. */
export function serveDocs(app: NestFastifyApplication, document: OpenAPIObject): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', (request, reply, done) => {
      if (/^\/docs(\/|$)/.test(pathOf(request))) {
        reply.headers({ ...SECURITY, 'Content-Security-Policy': DOCS_POLICY, 'Cache-Control': 'no-cache' });
      }
      done();
    });
  SwaggerModule.setup('docs', app, document, {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: document.info.title,
    swaggerOptions: { defaultModelsExpandDepth: 0, displayRequestDuration: true, tryItOutEnabled: true },
  });
}
