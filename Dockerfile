# One image for every service, the standalone and the command line: which of them runs, the command says.
#   docker build -t chorus . && docker run --rm chorus dist/apps/cli/src/main.js --help
FROM node:24.11-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --include=dev --omit=optional --ignore-scripts
COPY nest-cli.json tsconfig.json tsconfig.build.json ./
COPY apps apps
COPY libs libs
RUN node node_modules/@nestjs/cli/bin/nest.js build

FROM node:24.11-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production CHORUS_HOST=0.0.0.0 CHORUS_DATA=/var/lib/chorus
# a key service is spoken to with pkcs11-tool (CHORUS_KEY_SERVICE); its module comes by a volume
RUN apt-get update && apt-get install -y --no-install-recommends opensc && rm -rf /var/lib/apt/lists/*
COPY package.json package-lock.json .npmrc ./
# the embedded PostgreSQL is an optional package: here the database is another container
RUN npm ci --omit=dev --omit=optional --ignore-scripts && npm cache clean --force
COPY --from=build /app/dist dist
# what is read at run time beside the code: policies, migrations, the sample files
COPY apps/intake/policies apps/intake/policies
COPY apps/deterrence/policies apps/deterrence/policies
COPY infra/postgres/migrations infra/postgres/migrations
COPY infra/postgres/guards.json infra/postgres/
COPY samples samples
# keys live here, and signed checkpoints there: a volume that starts empty takes this owner
RUN install -d -o node -g node -m 0711 /var/lib/chorus /var/lib/chorus-checkpoints
# what agencies put there: the watched folder
RUN install -d -o node -g node -m 0750 /var/lib/chorus-drop /var/lib/chorus-drop/nibrs /var/lib/chorus-drop/kcpd
USER node
# node itself is the process that is told to stop: nothing stands between
ENTRYPOINT ["node"]
CMD ["dist/apps/intake/src/main.js"]
