import { Code, errors, etcdClusterVersion, EtcdError } from "../../base/mod.ts";

/** `etcdserverpb.DowngradeRequest.DowngradeAction`. */
export const DowngradeAction = { validate: 0, enable: 1, cancel: 2 } as const;

/** What is behind the patch number: identifiers with dots between them, or nothing. */
const identifiers = "(?:[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?";
const versionPattern = new RegExp(`^(\\d+)\\.(\\d+)(?:\\.(\\d+)(?:-${identifiers})?(?:\\+${identifiers})?)?$`);
const int64Max = 2n ** 63n - 1n;

/** Major and minor version; etcd takes a semantic version, or one without the patch number. */
function parseVersion(text: string): [major: number, minor: number] | undefined {
  const match = versionPattern.exec(text);
  if (match === null || match.slice(1).some((part) => part !== undefined && BigInt(part) > int64Max)) return undefined;
  return [Number(match[1]), Number(match[2])];
}

const [clusterMajor, clusterMinor] = parseVersion(etcdClusterVersion)!;

/**
 * The answer to a Downgrade request: the cluster's version. The version before is the only valid target, as in etcd; but what detcd stores is
 * no etcd's, so that a downgrade is refused where etcd would begin it.
 *
 * @throws EtcdError `wrongDowngradeVersionFormat`, `invalidDowngradeTargetVersion`; `FailedPrecondition` for a valid wish to begin
 */
export function answerDowngrade({ action, version }: { action: number; version: string }): string {
  const clusterVersion = `${clusterMajor}.${clusterMinor}`;
  switch (action) {
    case DowngradeAction.validate:
      checkTarget(version);
      return clusterVersion;
    case DowngradeAction.enable:
      checkTarget(version);
      throw new EtcdError(
        Code.FailedPrecondition,
        `detcd: cannot downgrade to ${version}: no earlier version can read data stored by detcd`,
      );
    case DowngradeAction.cancel:
      // There never is one. etcd logs that and answers all the same.
      return clusterVersion;
    default:
      throw new EtcdError(Code.Unknown, "etcdserver: unknown method");
  }
}

function checkTarget(version: string): void {
  const target = parseVersion(version);
  if (target === undefined) throw errors.wrongDowngradeVersionFormat();
  if (target[0] !== clusterMajor || target[1] !== clusterMinor - 1) throw errors.invalidDowngradeTargetVersion();
}
