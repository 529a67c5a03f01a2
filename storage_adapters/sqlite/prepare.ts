import type { DatabaseSync, StatementSync } from "node:sqlite";

/** Prepares a statement that returns rows as arrays, which costs less than objects. */
export function prepare(db: DatabaseSync, sql: string): StatementSync {
  // Deno has this method, its type declarations do not.
  const statement = db.prepare(sql) as StatementSync & { setReturnArrays(enabled: boolean): void };
  statement.setReturnArrays(true);
  return statement;
}
