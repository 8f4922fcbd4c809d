# One image for setup, worker and API; compose.common.yml chooses the program that a container runs.

FROM node:24.21.0-trixie-slim AS base
WORKDIR /app
COPY package.json package-lock.json ./
COPY web/package.json web/

FROM base AS build
RUN npm ci --ignore-scripts
COPY .swcrc ./
COPY cli/ cli/
COPY domain/ domain/
COPY config/ config/
COPY contracts/ contracts/
COPY db/ db/
COPY providers/ providers/
COPY planning/ planning/
COPY tracing/ tracing/
COPY activities/ activities/
COPY workflows/ workflows/
COPY worker/ worker/
COPY api/ api/
COPY web/ web/
RUN node cli/bootstrap.mjs build

FROM base AS dependencies
# without what is optional: the embedded PostgreSQL, which is only for `npm start`, and compilers
RUN npm ci --ignore-scripts --omit=dev --omit=optional --workspaces=false
# without the SDK's binaries of other platforms, its source, and what only compilers and debuggers read
RUN find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 \
    ! -name "$(uname -m)-unknown-linux-gnu" -exec rm -r {} + \
  && rm -rf node_modules/@temporalio/core-bridge/sdk-core node_modules/@temporalio/core-bridge/src \
  && find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete
# the image has none, and the SDK needs them for Temporal Cloud and for servers with public certificates
RUN node --eval 'fs.writeFileSync("ca-certificates.crt", tls.rootCertificates.join("\n"))'

FROM base
# npm and the like
RUN rm -rf /usr/local/lib/node_modules /usr/local/include/node /opt/yarn-v* \
  /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn /usr/local/bin/yarnpkg
ENV NODE_ENV=production
COPY --from=dependencies /app/ca-certificates.crt /etc/ssl/certs/
COPY --from=dependencies /app/node_modules node_modules/
COPY --from=build /app/dist dist/
COPY --from=build /app/web/out web/out/
# the user `node`
USER 1000:1000
EXPOSE 3000 9464
# for the API; compose.common.yml has another one for the worker
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["node", "--eval", "fetch('http://127.0.0.1:3000/readyz').then((r) => process.exit(r.ok ? 0 : 1))"]
CMD ["node", "dist/api/main.js"]
