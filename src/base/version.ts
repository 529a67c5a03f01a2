/** The version of etcd that detcd behaves as. */
export const etcdVersion = "3.7.1";

/** The version that a cluster of such members agrees on, and of the data that they store. */
export const etcdClusterVersion = "3.7.0";

/** detcd's own version; deno.json has the same. */
export const detcdVersion = "0.1.0";
