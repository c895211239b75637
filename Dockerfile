# Build: everything, then only what runs.
FROM node:24-slim AS build
WORKDIR /app
COPY . .
RUN npm ci && npm prune --omit=dev --ignore-scripts

FROM node:24-slim
ENV NODE_ENV=production \
    SERVER_ADDRESS=0.0.0.0:16571
WORKDIR /app
COPY --from=build /app/package.json /app/LICENSE ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# A volume mounted on /data belongs to this user when it is new; set DATA_DIR=/data to use it.
RUN mkdir /data && chown node:node /data
USER node
EXPOSE 16571
HEALTHCHECK --interval=30s --timeout=5s --start-period=5s CMD ["node", "dist/main.js", "healthcheck"]
# Signals reach the process itself: no npm in between.
ENTRYPOINT ["node", "dist/main.js"]
CMD ["serve"]
