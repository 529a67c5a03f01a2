import { Registry } from "../base/mod.ts";
import { ownPeerUrls } from "../config/mod.ts";
import { announceMember, type Member } from "../server/mod.ts";
import { Endpoints } from "./endpoints.ts";
import { httpHandlers } from "./http.ts";
import { openMember, startAutoCompactor } from "./member.ts";
import type { AppParts } from "./parts.ts";
import { createServices } from "./services.ts";

/** Calls that run when a member is told to stop may go on for so long. */
const drainMs = 5000;

/** A member that serves. */
export interface App {
  readonly member: Member;
  /** Where clients reach it, in the order of `config.listenClientUrls`. */
  readonly clientAddresses: readonly Deno.Addr[];
  /** Stops serving, lets running calls end for a while, stores everything and closes storage. */
  stop(): Promise<void>;
}

/**
 * Puts a member together and serves it: the one place where concrete parts meet. What is put on `closing` ends in the reverse
 * order, also when a later step fails: long calls first, then connections, the member, and storage.
 */
export async function startApp(parts: AppParts): Promise<App> {
  const { config, storage } = parts;
  const closing = new AsyncDisposableStack();
  let stopped: Promise<void> | undefined;
  const stop = () => stopped ??= closing.disposeAsync();
  closing.defer(() => storage.close());
  try {
    const registry = new Registry();
    const member = await openMember(parts, registry);
    closing.defer(() => member.close());
    const endpoints = new Endpoints(parts);
    closing.defer(() => endpoints.close({ drainMs }));
    const autoCompactor = startAutoCompactor(parts, member);
    closing.defer(() => autoCompactor?.close());
    await announceMember(member, {
      name: config.name,
      peerUrls: ownPeerUrls(config),
      clientUrls: config.advertiseClientUrls.map((url) => url.text),
    });
    const http = httpHandlers(parts, { member, registry });
    const isHttpApart = config.listenClientHttpUrls.length > 0;
    const clientRoute = isHttpApart ? undefined : http.client;
    const services = createServices(parts, { member, registry, clientRoute });
    closing.defer(() => services.close());
    const clientAddresses = endpoints.serve(services.server, clientRoute, config.listenClientUrls);
    if (isHttpApart) endpoints.serveRoute(http.client, config.listenClientHttpUrls);
    if (config.listenMetricsUrls.length > 0) endpoints.serveRoute(http.metrics, config.listenMetricsUrls);
    return { member, clientAddresses, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
