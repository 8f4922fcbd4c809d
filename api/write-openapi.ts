import { writeFileSync } from 'node:fs';
import { openApiText } from './openapi/offline.js';

/** Writes api/openapi.json anew, from any folder of the project: `node dist/api/write-openapi.js`. */
const folder = import.meta.url.includes('/dist/api/') ? '../../api/' : './';
writeFileSync(new URL(`${folder}openapi.json`, import.meta.url), await openApiText());
