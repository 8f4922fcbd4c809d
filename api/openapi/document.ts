import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { ApiDeps } from '../deps.js';
import { ADMIN_SCHEME } from './describe.js';
import { componentSchemas } from './registry.js';

const DESCRIPTION = `Bars, indicators and live prices of the assets that are tracked, and the state of the pipelines that fetch them.

Times are ISO 8601 UTC; a bar is stamped with its open. Only final bars are stored. Errors are \`application/problem+json\`
(RFC 9457); unknown parameters are errors.`;

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
    .addTag('stocks')
    .addTag('crypto', 'Coins')
    .addTag('assets')
    .addTag('markets')
    .addTag('stream', 'What is stored, as it is')
    .addTag('quality', 'Where bars came from, and what was kept out')
    .addTag('pipeline')
    .addTag('operations')
    .build();
  const document = SwaggerModule.createDocument(app, config);
  const schemas = componentSchemas() as NonNullable<OpenAPIObject['components']>['schemas'];
  return { ...document, components: { ...document.components, schemas } };
}

/** Swagger UI at /docs, with its files from this package, and the document at /openapi.json. */
export function serveDocs(app: INestApplication, document: OpenAPIObject): void {
  SwaggerModule.setup('docs', app, document, {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: document.info.title,
    swaggerOptions: { defaultModelsExpandDepth: 0, displayRequestDuration: true, tryItOutEnabled: true },
  });
}
