# The stream worker: `docker compose up -d --wait` builds it and starts it with Kafka and a registry.
FROM node:24-slim AS build
WORKDIR /millrace
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /millrace
COPY --from=build /millrace/package.json ./
COPY --from=build /millrace/node_modules node_modules
COPY --from=build /millrace/bin bin
COPY --from=build /millrace/dist dist
RUN mkdir /state && chown node /state
USER node
# Mount a volume here to keep the state; without one it is made anew from the log.
ENV MILLRACE_DATA_DIR=/state
# exec form: SIGTERM reaches Node itself, which commits and gives its tasks back before it ends.
ENTRYPOINT ["node", "bin/millrace.js"]
CMD ["run", "orders", "--http", "8080", "--http-host", "0.0.0.0"]
