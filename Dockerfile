# A member of detcd. Build: docker build -t detcd .
# Run: docker run -p 2379:2379 -v detcd:/var/lib/detcd detcd

FROM node:22.12.0-bookworm-slim AS build
ARG DENO_VERSION=2.9.6
RUN npm install --prefix /opt/deno --no-audit --no-fund "deno@${DENO_VERSION}" \
  && install -D "$(readlink -f /opt/deno/node_modules/.bin/deno)" /out/usr/local/bin/deno \
  && /out/usr/local/bin/deno --version
ENV PATH=/out/usr/local/bin:$PATH DENO_DIR=/out/opt/detcd-cache DENO_NO_UPDATE_CHECK=1
WORKDIR /out/opt/detcd
COPY deno.json deno.lock main.ts mod.ts LICENSE ./
COPY proto proto
COPY src src
COPY storage_adapters storage_adapters
RUN find . -name '*_test.ts' -delete \
  && deno cache --frozen main.ts $(find src storage_adapters -name '*_worker.ts') \
  && mkdir -p /out/var/lib/detcd

FROM debian:12.8-slim
RUN useradd --system --uid 2379 --home-dir /var/lib/detcd --shell /usr/sbin/nologin detcd
COPY --from=build /out /
RUN chown detcd:detcd /var/lib/detcd && chmod 700 /var/lib/detcd
USER detcd
ENV DENO_DIR=/opt/detcd-cache DENO_NO_UPDATE_CHECK=1 NO_COLOR=1 \
  ETCD_DATA_DIR=/var/lib/detcd/data \
  ETCD_LISTEN_CLIENT_URLS=http://0.0.0.0:2379 \
  ETCD_ADVERTISE_CLIENT_URLS=http://0.0.0.0:2379
WORKDIR /var/lib/detcd
VOLUME /var/lib/detcd
EXPOSE 2379 2380
# Certificates: mount them below /var/lib/detcd, which is all that the member may read and write.
ENTRYPOINT ["deno", "run", "--v8-flags=--max-semi-space-size=8", "--cached-only", "--frozen", "--no-prompt", "--allow-net", "--allow-read=/var/lib/detcd", "--allow-write=/var/lib/detcd", "--allow-env=ETCD_*", "/opt/detcd/main.ts"]
