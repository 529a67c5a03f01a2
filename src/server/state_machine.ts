import { assert, EtcdError, float64Bytes, readFloat64 } from "../base/mod.ts";
import {
  entryHeaderBytes,
  type Logger,
  type StateMachine,
  type StorageAdapter,
  type WriteBatch,
} from "../ports/mod.ts";
import {
  type ClientCommand,
  type CommandCode,
  type CommandDecoder,
  type CommandResult,
  type CompactOp,
  execute,
  type ReplicatedState,
} from "./command.ts";
import type { MemberStore } from "./member_store.ts";
import type { Quota } from "./space/quota.ts";
import type { ApplyTimings } from "./measure/timings.ts";

const appliedKey = new TextEncoder().encode("server/applied");

/** What a {@link KeySpaceMachine} works with. */
export interface KeySpaceMachineParts extends ReplicatedState {
  storage: StorageAdapter;
  members: MemberStore;
  quota: Quota;
  decode: CommandDecoder;
  logger: Logger;
  timings: ApplyTimings;
  /** A compaction has been applied; `answer` belongs to a client that waits for its removal from storage. */
  onCompact(answer: (() => void) | undefined): void;
  /** A run of commands has been applied. */
  onRunEnd(): void;
}

/** Applies commands to the keyspace and the leases. The applied index is stored with the changes that led to it, in one batch. */
export class KeySpaceMachine implements StateMachine<ClientCommand> {
  readonly storedIndex: number;
  readonly #parts: KeySpaceMachineParts;
  #appliedIndex: number;
  /** Index in the batch that is being stored or was stored last. Never above `#appliedIndex`. */
  #takenIndex: number;

  constructor(parts: KeySpaceMachineParts) {
    this.#parts = parts;
    const stored = parts.storage.getNamed("meta", appliedKey);
    this.storedIndex = stored === undefined ? 0 : readFloat64(stored);
    this.#appliedIndex = this.#takenIndex = this.storedIndex;
  }

  apply(index: number, entry: Uint8Array, proposal: ClientCommand | undefined): void {
    assert(index === this.#appliedIndex + 1, `entry ${index} follows ${this.#appliedIndex}`);
    const command = proposal?.command ?? this.#parts.decode(entry[entryHeaderBytes] as CommandCode, entry);
    const { timings } = this.#parts;
    timings.begin(command);
    let result: CommandResult | undefined;
    let refusal: EtcdError | undefined;
    try {
      result = execute(this.#parts, command);
    } catch (error) {
      if (!(error instanceof EtcdError)) throw error;
      refusal = error;
    }
    this.#appliedIndex = index;
    if (proposal !== undefined) this.#parts.quota.settle(command);
    timings.end(command, proposal === undefined ? NaN : proposal.arrivalMs, refusal === undefined);
    if (command.kind === "compact" && result !== undefined) {
      this.#applyCompact(command.compact, result, proposal);
    } else if (proposal !== undefined) {
      this.#answer(proposal, result, refusal);
    }
  }

  endRun(): void {
    this.#parts.timings.endRun();
    this.#parts.quota.look();
    this.#parts.onRunEnd();
  }

  takeEffects(batch: WriteBatch): void {
    this.#parts.keyspace.takeEffects(batch);
    this.#parts.alarms.takeEffects(batch);
    this.#parts.members.takeEffects(batch);
    this.#parts.lessor.takeEffects(batch);
    if (this.#takenIndex === this.#appliedIndex) return;
    this.#takenIndex = this.#appliedIndex;
    batch.putNamed("meta", appliedKey, float64Bytes(this.#appliedIndex));
  }

  effectsStored(): void {
    this.#parts.keyspace.effectsStored();
  }

  #applyCompact(compact: CompactOp, result: CommandResult, proposal: ClientCommand | undefined): void {
    const waits = proposal !== undefined && compact.physical;
    this.#parts.onCompact(waits ? () => this.#answer(proposal, result, undefined) : undefined);
    if (proposal !== undefined && !waits) this.#answer(proposal, result, undefined);
  }

  /** A fault in answering one client is not a fault of the state: it must not stop the log. */
  #answer(proposal: ClientCommand, result: CommandResult | undefined, refusal: EtcdError | undefined): void {
    try {
      if (refusal !== undefined) proposal.failed(refusal);
      else proposal.answer(result!);
    } catch (error) {
      this.#parts.logger.error("failed to answer a client", { error: String(error) });
    }
  }
}
