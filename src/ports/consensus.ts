import type { EtcdError } from "../base/mod.ts";
import type { WriteBatch } from "./storage.ts";

/** Bytes that a proposal leaves free at the start of its entry, where consensus writes what it keeps with the entry. */
export const entryHeaderBytes = 8;

/** Something to be agreed on, and who waits for it. */
export interface Proposal {
  /**
   * {@link entryHeaderBytes} bytes of room, then the command. Given away: whoever proposes does not touch it again, so that it
   * is stored without a copy.
   */
  readonly entry: Uint8Array;
  /** The outcome is unknown or negative: the command may or may not be applied later, this proposal hears no more. */
  failed(error: EtcdError): void;
}

/** What consensus drives: it sees every committed command once and in order, on every member. */
export interface StateMachine<P extends Proposal> {
  /** Index of the last command whose effects are in storage; commands after it are applied again on opening. */
  readonly storedIndex: number;
  /**
   * Applies the command that follows the header in `entry`. `proposal` is the one that brought it, where this member proposed it
   * and still waits. Must not throw for anything that a command can contain: an error of the command is its result.
   */
  apply(index: number, entry: Uint8Array, proposal: P | undefined): void;
  /** No entry follows those applied so far at once: ends what was begun for several of them together. */
  endRun(): void;
  /** Adds everything that changed since the last call, and the applied index, to a batch that is about to be stored. */
  takeEffects(batch: WriteBatch): void;
  /** The batch of the last {@link takeEffects} is in storage. */
  effectsStored(): void;
}

/** The agreement on an order of commands, as a member sees it. Raft is one; a single voter's log is the least of them. */
export interface Consensus<P extends Proposal> {
  /** The current term. */
  readonly term: number;
  /** Member id of the leader, 0n when there is none. */
  readonly leader: bigint;
  /** Highest index known to be agreed on. */
  readonly committedIndex: number;
  /** Highest index applied to the state machine. Never above {@link committedIndex}. */
  readonly appliedIndex: number;
  /** Proposals that wait to be agreed on or applied. */
  readonly pendingProposals: number;

  /** Hands in a proposal; it is applied through the state machine or its `failed` is called. */
  propose(proposal: P): void;
  /**
   * Calls `ready` as soon as the state machine has applied everything that was committed anywhere when this was called: a read
   * made then is linearizable. May call it at once.
   */
  readIndex(ready: (error?: EtcdError) => void): void;
  /**
   * The state machine has effects that no command has caused: stores them with the next batch, or in the next turn, and then
   * calls `stored`. They are durable with the next sync. After a fault `stored` is never called.
   */
  storeEffects(stored: () => void): void;
  /** Stores what has been applied, lets go, and fails whatever still waits. */
  close(): Promise<void>;
}
