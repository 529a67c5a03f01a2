import { etcdserverpb } from "../../proto/gen/mod.ts";
import { assert, errors, uint64Bytes } from "../base/mod.ts";
import type { StorageAdapter, WriteBatch } from "../ports/mod.ts";

/** A member of the cluster, as every member knows it; `etcdserverpb.Member`. */
export interface MemberInfo {
  /** An unsigned 64-bit number, never 0. */
  readonly id: bigint;
  /** The member's name; empty until it has started for the first time. */
  readonly name: string;
  /** Where other members reach it. */
  readonly peerUrls: readonly string[];
  /** Where clients reach it; what it advertises itself. */
  readonly clientUrls: readonly string[];
  readonly isLearner: boolean;
}

/** Members that are read at a time; more than a cluster has. */
const membersMax = 1024;

/** Who belongs to the cluster, stored in the bucket "member". */
export class MemberStore {
  /** In ascending order of ids. */
  #members: readonly MemberInfo[];
  #changed = new Set<bigint>();

  /** The members that are in storage. */
  constructor(storage: StorageAdapter) {
    this.#members = storage.scanNamed("member", { limit: membersMax }).map(({ value }) => readMember(value));
  }

  /** Every member, in ascending order of ids. */
  list(): readonly MemberInfo[] {
    return this.#members;
  }

  /** The member with this id. */
  find(id: bigint): MemberInfo | undefined {
    return this.#members.find((each) => each.id === id);
  }

  /** Sets a member, in place of what was known of it. */
  put(member: MemberInfo): void {
    assert(member.id !== 0n, "a member's id cannot be 0");
    this.#members = [...this.#members.filter(({ id }) => id !== member.id), member].sort((a, b) =>
      a.id < b.id ? -1 : 1
    );
    this.#changed.add(member.id);
  }

  /**
   * Moves a member to other peer URLs, which are taken as they are, as in etcd.
   *
   * @throws EtcdError `memberNotFound`; `peerURLExist` where another member has one of them
   */
  updatePeerUrls(id: bigint, peerUrls: readonly string[]): void {
    const member = this.find(id);
    if (member === undefined) throw errors.memberNotFound();
    if (this.#members.some((each) => each.id !== id && each.peerUrls.some((url) => peerUrls.includes(url)))) {
      throw errors.peerURLExist();
    }
    this.put({ ...member, peerUrls });
  }

  /** Puts what has changed since the last call into a batch. */
  takeEffects(batch: WriteBatch): void {
    for (const id of this.#changed) {
      batch.putNamed("member", uint64Bytes(id), encodeMember(this.find(id)!));
    }
    this.#changed.clear();
  }
}

function encodeMember(member: MemberInfo): Uint8Array {
  return etcdserverpb.Member.encode({
    ID: member.id,
    name: member.name,
    peerURLs: [...member.peerUrls],
    clientURLs: [...member.clientUrls],
    isLearner: member.isLearner,
  });
}

function readMember(bytes: Uint8Array): MemberInfo {
  const { ID, name, peerURLs, clientURLs, isLearner } = etcdserverpb.Member.decode(bytes);
  return { id: ID, name, peerUrls: peerURLs, clientUrls: clientURLs, isLearner };
}
