/** Calls of clients of one version. */
export interface ClientCalls {
  unary: number;
  stream: number;
}

/** The metadata in which etcd's clients say their version. */
export const clientVersionHeader = "client-api-version";

/** Different versions that are told apart; clients choose the text, so that there could be any number. */
const versionsMax = 64;

/** Counts calls by the version that their clients say they have. */
export class ClientVersions {
  readonly #calls = new Map<string, ClientCalls>();

  /** The counts of a version, to be kept and added to; those of "other" when there are too many versions. "unknown" stands for none, as in etcd. */
  countsOf(version: string): ClientCalls {
    const known = this.#calls.get(version);
    if (known !== undefined) return known;
    if (this.#calls.size >= versionsMax && version !== "other") return this.countsOf("other");
    const calls = { unary: 0, stream: 0 };
    this.#calls.set(version, calls);
    return calls;
  }

  /** All of them. */
  all(): Iterable<[string, Readonly<ClientCalls>]> {
    return this.#calls;
  }
}
