import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NextConfig } from 'next';

const config: NextConfig = {
  reactStrictMode: true,
  images: { unoptimized: true },
  // `npm run typecheck` checks types, with the rest of the code
  typescript: { ignoreBuildErrors: true },
  turbopack: { root: dirname(dirname(fileURLToPath(import.meta.url))) },
};

/** `next dev` proxies API requests, so that the page has a single origin in development too. */
const API_IN_DEVELOPMENT = process.env.API_URL ?? 'http://127.0.0.1:3000';
const development: NextConfig = {
  ...config,
  allowedDevOrigins: ['127.0.0.1'],
  rewrites: () =>
    Promise.resolve(
      ['/api/:path*', '/docs/:path*', '/openapi.json'].map((source) => ({
        source,
        destination: `${API_IN_DEVELOPMENT}${source}`,
      })),
    ),
};

/** The export of the static demo, beside that of the dashboard. */
const demoPath = process.env.NEXT_PUBLIC_DEMO_PATH;
const demo: NextConfig =
  demoPath === undefined
    ? {}
    : {
        distDir: '.next/demo',
        basePath: demoPath.replace(/\/+$/, ''),
        // a folder for each page, which every host serves, and so is the first page
        trailingSlash: true,
      };

export default process.env.NODE_ENV === 'development' ? development : { ...config, ...demo, output: 'export' };
