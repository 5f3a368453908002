# Slipdesk for an institution: DATABASE_URL, CODE_KEY, SESSION_KEY, LOG_KEY and PUBLIC_URL must be set at run time (see README.md).
# Run it with a read-only file system: docker run --read-only --tmpfs /tmp …
# A digest pins it: --build-arg BASE=node:24-bookworm-slim@sha256:… (docs/operations.md, The image).
ARG BASE=node:24-bookworm-slim
FROM ${BASE} AS build
WORKDIR /slipdesk
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN npm run build && npm prune --omit=dev

FROM ${BASE}
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
WORKDIR /slipdesk
COPY --from=build /slipdesk/package.json ./
COPY --from=build /slipdesk/node_modules node_modules
COPY --from=build /slipdesk/dist/src dist/src
COPY migrations migrations
COPY templates templates
USER node
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(answer => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "dist/src/server.js"]
