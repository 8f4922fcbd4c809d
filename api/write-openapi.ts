import { writeFileSync } from 'node:fs';
import { openApiText } from './openapi/offline.js';

/** Rewrites api/openapi.json; runs in any folder: `node dist/api/write-openapi.js`. */
const folder = import.meta.url.includes('/dist/api/') ? '../../api/' : './';
writeFileSync(new URL(`${folder}openapi.json`, import.meta.url), await openApiText());
