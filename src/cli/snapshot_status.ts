import type { StatusFormat } from "./snapshot_arguments.ts";

/** What `snapshot status` tells of a file. */
export interface SnapshotStatus {
  /** A hash of the whole content, from 0 to 2^32-1. */
  hash: number;
  /** Main revision of the newest change. */
  revision: number;
  /** Keys that have a value. */
  totalKey: number;
  /** Bytes of the file. */
  totalSize: number;
  /** Version of etcd that the content is of. */
  version: string;
}

/** The answer of `snapshot status`, as etcdutl writes it. */
export function statusText(status: SnapshotStatus, format: StatusFormat): string {
  const { hash, revision, totalKey, totalSize, version } = status;
  const row = [hash.toString(16), String(revision), String(totalKey), sizeText(totalSize), version];
  switch (format) {
    case "simple":
      return `${row.join(", ")}\n`;
    case "json":
      return `${JSON.stringify({ hash, revision, totalKey, totalSize, version })}\n`;
    case "fields":
      return `"Hash" : ${hash}\n"Revision" : ${revision}\n"Keys" : ${totalKey}\n"Size" : ${totalSize}\n"Version" : ${version}\n`;
    case "table":
      return tableText(["HASH", "REVISION", "TOTAL KEYS", "TOTAL SIZE", "VERSION"], row);
  }
}

/** Bytes in units of 1000, with one digit behind the point below ten of a unit. */
function sizeText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let unit = 0;
  let amount = bytes;
  while (amount >= 1000 && unit < units.length - 1) {
    amount /= 1000;
    unit++;
  }
  const tenths = Math.floor(amount * 10 + 0.5);
  if (unit > 0 && tenths < 100) return `${(tenths / 10).toFixed(1)} ${units[unit]}`;
  // A half goes to the even neighbour, as Go prints it.
  const whole = Math.floor(tenths / 10);
  const roundsUp = tenths % 10 > 5 || (tenths % 10 === 5 && whole % 2 === 1);
  return `${roundsUp ? whole + 1 : whole} ${units[unit]}`;
}

function tableText(head: readonly string[], row: readonly string[]): string {
  const widths = head.map((title, i) => Math.max(title.length, row[i].length));
  const line = (left: string, cross: string, right: string) =>
    left + widths.map((width) => "─".repeat(width + 2)).join(cross) + right;
  const centred = (cell: string, width: number) => {
    const left = Math.floor((width - cell.length) / 2);
    return " ".repeat(left) + cell + " ".repeat(width - cell.length - left);
  };
  return [
    line("┌", "┬", "┐"),
    `│${head.map((cell, i) => ` ${centred(cell, widths[i])} `).join("│")}│`,
    line("├", "┼", "┤"),
    `│${row.map((cell, i) => ` ${cell.padStart(widths[i])} `).join("│")}│`,
    line("└", "┴", "┘"),
    "",
  ].join("\n");
}
