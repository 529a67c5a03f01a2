import type { Member } from "./member.ts";
import type { MemberInfo } from "./member_store.ts";

/**
 * Makes a starting member known to its cluster: by its peer URLs at its first start, by its name and the URLs for clients at every one, as in
 * etcd. Writes nothing where nothing is new.
 */
export async function announceMember(
  member: Pick<Member, "members" | "identity" | "storeEffects">,
  { name, peerUrls, clientUrls }: Pick<MemberInfo, "name" | "peerUrls" | "clientUrls">,
): Promise<void> {
  const { members, identity } = member;
  const known = members.find(identity.memberId);
  if (known !== undefined && known.name === name && known.clientUrls.join() === clientUrls.join()) return;
  members.put({ isLearner: false, peerUrls, ...known, id: identity.memberId, name, clientUrls });
  await member.storeEffects();
}
