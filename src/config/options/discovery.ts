import { boolean, choice, choices, durationMs, text, uniqueTexts } from "./kinds.ts";
import { rowsOf } from "./option.ts";

const { pending, deprecated } = rowsOf("Clustering");

/** Options for finding the other members through a discovery service or DNS. */
export const discoveryOptions = {
  "discovery-token": pending("Discovery service: token of the cluster to be founded.", { kind: text, initial: "" }),
  "discovery-endpoints": pending("Discovery service: its addresses.", { kind: uniqueTexts, initial: [] }),
  "discovery-dial-timeout": pending("Discovery service: time for a connection.", { kind: durationMs, initial: 2000 }),
  "discovery-request-timeout": pending("Discovery service: time for a request.", { kind: durationMs, initial: 5000 }),
  "discovery-keepalive-time": pending("Discovery service: time between pings.", { kind: durationMs, initial: 2000 }),
  "discovery-keepalive-timeout": pending("Discovery service: time for the answer to a ping.", {
    kind: durationMs,
    initial: 6000,
  }),
  "discovery-insecure-transport": pending("Discovery service: connect without TLS.", { kind: boolean, initial: true }),
  "discovery-insecure-skip-tls-verify": pending("Discovery service: do not verify its certificate.", {
    kind: boolean,
    initial: false,
  }),
  "discovery-cert": pending("Discovery service: client certificate file.", { kind: text, initial: "" }),
  "discovery-key": pending("Discovery service: key file of the client certificate.", { kind: text, initial: "" }),
  "discovery-cacert": pending("Discovery service: file of the authorities that are trusted.", {
    kind: text,
    initial: "",
  }),
  "discovery-user": pending("Discovery service: user, or user:password.", { kind: text, initial: "" }),
  "discovery-password": pending("Discovery service: password.", { kind: text, initial: "" }),
  "discovery-fallback": pending('What to do when discovery fails; "exit" is what is left of it.', {
    kind: choice("exit", "proxy"),
    initial: "exit",
  }),
  "discovery-srv": pending("DNS domain whose SRV records name the members.", { kind: text, initial: "" }),
  "discovery-srv-name": pending("Suffix of the service name in DNS.", { kind: text, initial: "" }),
  "v2-deprecation": deprecated("Stage of the end of etcd's version 2 store. The default is always in force.", {
    kind: choices("write-only", "write-only-skip-check", "write-only-drop-data", "gone"),
    initial: [],
    shownDefault: "write-only",
    notice:
      "--v2-deprecation is deprecated and scheduled for removal in v3.8. The default value is enforced, ignoring user input.",
  }),
};
