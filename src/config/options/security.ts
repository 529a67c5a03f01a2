import { boolean, origins, text, texts, uniqueTexts, unsigned } from "./kinds.ts";
import { rowsOf } from "./option.ts";

const { works, pending } = rowsOf("Security");

/** Options of TLS and of what browsers may do. */
export const securityOptions = {
  "cert-file": pending("Certificate of the client port.", { kind: text, initial: "" }),
  "key-file": pending("Key of the client port's certificate.", { kind: text, initial: "" }),
  "client-cert-auth": pending("Require clients to show a certificate.", { kind: boolean, initial: false }),
  "client-cert-file": pending("Certificate that the member shows as a client, instead of --cert-file.", {
    kind: text,
    initial: "",
  }),
  "client-key-file": pending("Key of --client-cert-file.", { kind: text, initial: "" }),
  "client-crl-file": pending("List of revoked client certificates.", { kind: text, initial: "" }),
  "client-cert-allowed-hostname": pending("Host names of which a client's certificate must have one.", {
    kind: texts,
    initial: [],
  }),
  "trusted-ca-file": pending("Authorities that are trusted on the client port.", { kind: text, initial: "" }),
  "auto-tls": pending("Serve clients with a certificate that the member makes for itself.", {
    kind: boolean,
    initial: false,
  }),
  "peer-cert-file": pending("Certificate of the peer port.", { kind: text, initial: "" }),
  "peer-key-file": pending("Key of the peer port's certificate.", { kind: text, initial: "" }),
  "peer-client-cert-auth": pending("Require other members to show a certificate.", { kind: boolean, initial: false }),
  "peer-client-cert-file": pending("Certificate that the member shows to others, instead of --peer-cert-file.", {
    kind: text,
    initial: "",
  }),
  "peer-client-key-file": pending("Key of --peer-client-cert-file.", { kind: text, initial: "" }),
  "peer-trusted-ca-file": pending("Authorities that are trusted on the peer port.", { kind: text, initial: "" }),
  "peer-cert-allowed-cn": pending("Common names of which another member's certificate must have one.", {
    kind: texts,
    initial: [],
  }),
  "peer-cert-allowed-hostname": pending("Host names of which another member's certificate must have one.", {
    kind: texts,
    initial: [],
  }),
  "peer-auto-tls": pending("Talk to other members with certificates that the members make for themselves.", {
    kind: boolean,
    initial: false,
  }),
  "self-signed-cert-validity": pending("Years for which a certificate made by the member is valid.", {
    kind: unsigned,
    initial: 1,
  }),
  "peer-crl-file": pending("List of revoked member certificates.", { kind: text, initial: "" }),
  "cipher-suites": pending("TLS cipher suites to allow; all good ones when empty.", { kind: texts, initial: [] }),
  "cors": works("Origins from which browsers may ask; * for all.", { kind: origins, initial: ["*"] }),
  "host-whitelist": works("Host names under which plain HTTP requests are answered; * for all.", {
    kind: uniqueTexts,
    initial: ["*"],
  }),
  "tls-min-version": pending("Oldest TLS version: TLS1.2 or TLS1.3.", { kind: text, initial: "TLS1.2" }),
  "tls-max-version": pending("Newest TLS version: TLS1.2, TLS1.3, or empty for no bound.", { kind: text, initial: "" }),
};

const auth = rowsOf("Auth");

/** Options of users, roles and tokens. */
export const authOptions = {
  "auth-token": auth.pending('Kind of token and its options: "simple", or "jwt,...".', {
    kind: text,
    initial: "simple",
  }),
  "bcrypt-cost": auth.pending("Work factor of password hashes, from 4 to 31.", { kind: unsigned, initial: 10 }),
  "auth-token-ttl": auth.pending("Seconds for which a simple token is valid.", { kind: unsigned, initial: 300 }),
};
