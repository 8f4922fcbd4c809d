import type { INestApplication } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { SECURITY } from '../dashboard/serve.js';
import type { ApiDeps } from '../deps.js';
import type { ProblemBody } from '../http/problem.js';
import { pathOf } from '../http/problem.filter.js';
import { ADMIN_SCHEME } from './describe.js';
import { componentSchemas } from './registry.js';

const DESCRIPTION = `Bars, indicators and live prices of the assets that are tracked, and the state of the pipelines that fetch them.

Times are ISO 8601 UTC; a bar is stamped with its open. Only final bars are stored. Errors are \`application/problem+json\`
(RFC 9457); unknown parameters are errors. What is read has an ETag, and every GET answers HEAD. Answers with simulated data
say so: \`X-Market-Data: simulated\`.`;

const SIMULATED = '**SIMULATED DATA.** These prices come from a simulated exchange, not from a market.\n\n';

/** The OpenAPI 3.1 document, from the controllers and the schemas of the answers. */
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
    .addSecurity(ADMIN_SCHEME, { type: 'http', scheme: 'bearer', description: '`ADMIN_TOKEN` of the server.' })
    .addTag('stocks', 'Bars, indicators and prices of stocks')
    .addTag('crypto', 'Bars, indicators and prices of coins')
    .addTag('assets', 'What is tracked, and what can be computed of it')
    .addTag('markets', 'When exchanges are open')
    .addTag('stream', 'What is stored, as it is')
    .addTag('quality', 'Which bars are there, where they came from, and what was kept out')
    .addTag('pipeline', 'What fetches the bars: runs, schedules, backfills, providers')
    .addTag('operations', 'For load balancers and monitoring')
    .build();
  const document = SwaggerModule.createDocument(app, config);
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const operation of Object.values(operations)) placeProblems(path, operation as Operation);
  }
  const schemas = componentSchemas() as NonNullable<OpenAPIObject['components']>['schemas'];
  return { ...document, components: { ...document.components, schemas } };
}

/** What the documentation of an operation holds, as far as it is needed here. */
interface Operation {
  parameters?: { name: string; in: string; schema: { examples: string[] } }[];
  responses: Record<string, { content?: Record<string, { example?: ProblemBody }> }>;
}

/** Says in the examples of an operation's problems where they happened: at its path, with the examples of its parameters. */
function placeProblems(path: string, { parameters = [], responses }: Operation): void {
  const inPath = new Map(parameters.map(({ name, schema }) => [name, schema.examples[0]!]));
  const instance = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(inPath.get(name)!));
  for (const { content } of Object.values(responses)) {
    const problem = content?.['application/problem+json'];
    if (problem?.example) problem.example = { ...problem.example, instance };
  }
}

/** Swagger UI brings its scripts as files, and writes styles and images of its own into the page. */
const DOCS_POLICY =
  "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Swagger UI at /docs, with its files from this package, and the document at /openapi.json. */
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
