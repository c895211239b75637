# The base is named by digest, which covers all platforms; the bot of .github/dependabot.yml proposes newer ones. For another
# base change all three lines.

# These two run on the machine that builds, whatever the image is for: npm and the build are never emulated.
# What changes seldom comes first: an edit of the source installs nothing anew.
FROM --platform=$BUILDPLATFORM node:24.19.0-bookworm-slim@sha256:a9f5f7c91a432850b2a8a7797adf5eadb6c733ceed61167806cee7ea7fbc29df AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY scripts/package.json ./scripts/
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --workspace=scripts --include-workspace-root
COPY tsconfig.json tsconfig.build.json vite.console.config.ts ./
COPY scripts/build.js scripts/build-console.js scripts/build-document.js scripts/build-reference.js scripts/bundle.js scripts/collect-licences.js ./scripts/
COPY src ./src
RUN node scripts/build.js && mkdir data

FROM --platform=$BUILDPLATFORM node:24.19.0-bookworm-slim@sha256:a9f5f7c91a432850b2a8a7797adf5eadb6c733ceed61167806cee7ea7fbc29df AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
ARG TARGETARCH
# Packages for the target: sharp has a ready binary for each platform. Docker and npm name one of them differently.
RUN --mount=type=cache,target=/root/.npm \
    case "$TARGETARCH" in amd64) cpu=x64 ;; *) cpu="$TARGETARCH" ;; esac && \
    npm ci --omit=dev --ignore-scripts --workspaces=false --os=linux --cpu="$cpu" --libc=glibc && \
    # What only compilers and debuggers read of the packages: a fourth of them.
    find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete

# Nothing is run from here on, so there is nothing to emulate.
FROM node:24.19.0-bookworm-slim@sha256:a9f5f7c91a432850b2a8a7797adf5eadb6c733ceed61167806cee7ea7fbc29df AS program
LABEL org.opencontainers.image.title="akashchat-api" \
      org.opencontainers.image.description="A gateway that speaks the APIs of OpenAI, Anthropic, Gemini and Ollama, over Akash Chat" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="AGPL-3.0-only"
ENV NODE_ENV=production \
    SERVER_ADDRESS=0.0.0.0:16571
WORKDIR /app
# A volume mounted on /data belongs to this user when it is new; set DATA_DIR=/data to use it.
COPY --from=build --chown=1000:1000 /app/data /data
COPY package.json LICENSE ./
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# The user "node" of the base, by number: some supervisors want to see that it is not root.
USER 1000:1000
EXPOSE 16571
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["node", "dist/healthcheck.js"]
# Signals reach the process itself: no npm in between.
ENTRYPOINT ["node", "dist/main.js"]
CMD ["serve"]

# For platforms that mount a volume as root's and can't be told otherwise (Akash): takes /data over, then gives root up.
FROM program AS akash
USER 0:0
ENTRYPOINT ["sh", "-c", "chown 1000:1000 /data && exec setpriv --reuid=1000 --regid=1000 --clear-groups node dist/main.js \"$@\"", "akashchat-api"]
CMD ["serve"]

# What a build without --target makes.
FROM program
