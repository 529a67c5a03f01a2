/** One command line of etcdctl, without endpoint and output format. */
export interface CtlCommand {
  /** Words separated by spaces; "double quotes" keep a word together, and "" is an empty word. `{dir}` is an empty folder. */
  line: string;
  /** What it reads from its standard input. */
  stdin?: string;
}

/** Commands that are run one after the other on a fresh server. */
export interface CtlScript {
  name: string;
  commands: readonly CtlCommand[];
  /** Flags that the servers get. */
  flags?: readonly string[];
}

function commands(...lines: (string | CtlCommand)[]): CtlCommand[] {
  return lines.map((line) => typeof line === "string" ? { line } : line);
}

/** A txn from its three parts, each a list of lines. */
function txn(compares: string[], success: string[], failure: string[], line = "txn"): CtlCommand {
  return { line, stdin: [...compares, "", ...success, "", ...failure, "", ""].join("\n") };
}

const filling = commands(
  "put a 1",
  "put a/1 one",
  "put a/2 two",
  "put a/3 three",
  "put b 2",
  "put a/1 uno",
  'put "key with spaces" "a value, too"',
  "put z \u00e4\u20ac",
  "del a/3",
  "put a/3 again",
);

const gets = commands(
  "get a",
  "get missing",
  "get a b",
  "get a --prefix",
  "get a/ --prefix --limit=2",
  "get a/2 --from-key",
  "get a/2 --from-key --limit=1",
  'get "" --prefix',
  'get "" --from-key',
  'get ""',
  "get a/ --prefix --order=DESCEND",
  "get a/ --prefix --order=ASCEND --sort-by=KEY",
  ...["CREATE", "KEY", "MODIFY", "VALUE", "VERSION"].flatMap((target) => [
    `get "" --prefix --sort-by=${target}`,
    `get "" --prefix --sort-by=${target} --order=DESCEND`,
    `get "" --prefix --sort-by=${target} --order=ASCEND --limit=3`,
  ]),
  "get a --prefix --order=SIDEWAYS",
  "get a --prefix --sort-by=COLOUR",
  "get a/1 --rev=3",
  "get a --prefix --rev=5",
  "get a --rev=1000",
  "get a --rev=-1",
  "get a --prefix --keys-only",
  "get a --prefix --count-only",
  "get a --prefix --count-only --keys-only",
  "get a --prefix --print-value-only",
  "get a --prefix --hex",
  "get a --prefix --consistency=s",
  "get a --prefix --consistency=l",
  "get a --prefix --consistency=x",
  "get a --prefix --from-key",
  "get a b c",
  "get",
  "get a --prefix --min-mod-rev=4",
  "get a --prefix --max-mod-rev=4",
  "get a --prefix --min-create-rev=4 --max-create-rev=5",
  "get a --prefix --min-mod-rev=4 --limit=1",
  "get a --prefix --stream",
  "get a --prefix --stream --limit=2",
  "get a --prefix --stream --order=DESCEND",
  "get missing --stream",
  "get a --no-such-flag",
);

const puts = commands(
  "put k v1",
  "put k v2 --prev-kv",
  "put fresh v --prev-kv",
  "put k --ignore-value",
  "put k v --ignore-value",
  "put absent --ignore-value",
  "put k v3 --ignore-lease",
  "put absent v --ignore-lease",
  "put k v --lease=1234abcd",
  "put k v --lease=nothex",
  'put "" v',
  'put k ""',
  { line: "put piped", stdin: "from the input\n" },
  "put",
  "put -- -dash -value",
  "get -- -dash",
  'get "" --from-key',
);

const dels = commands(
  "del a/1",
  "del a/1",
  "del a/2 --prev-kv",
  "put a/1 1",
  "put a/2 2",
  "del a/1 a/3 --range --prev-kv",
  "del a/ --prefix --prev-kv",
  "put a/1 1",
  "del b c",
  "del x y z",
  "del",
  'del ""',
  "del a --prefix --from-key",
  "put m 1",
  "put n 1",
  "del m --from-key",
  "put p 1",
  'del "" --prefix --prev-kv',
  'get "" --from-key',
);

/** Not lease(...): etcdctl 3.7.1 itself crashes over it, as over operators that do not exist. */
const operators = ["=", "!=", "<", ">"];
const txns = commands(
  ...operators.flatMap((operator) => [
    txn([`version("a") ${operator} "1"`], ["get a"], ["get b"]),
    txn([`create("a/1") ${operator} "3"`], ["get a"], ["get b"]),
    txn([`c("a/1") ${operator} "3"`], ["get a"], ["get b"]),
    txn([`mod("a/1") ${operator} "7"`], ["get a"], ["get b"]),
    txn([`m("a/1") ${operator} "7"`], ["get a"], ["get b"]),
    txn([`value("a/1") ${operator} "uno"`], ["get a"], ["get b"]),
    txn([`val("a/1") ${operator} "zz"`], ["get a"], ["get b"]),
    txn([`ver("missing") ${operator} "0"`], ["get a"], ["get b"]),
  ]),
  txn([], [], []),
  txn([], ["put t 1", "get t", "del t", "get t"], []),
  txn([], ["put t 1", "put t 2"], []),
  txn([], ["put t1 1", "put t2 2", "get t --prefix", "del t1 --prev-kv"], []),
  txn(['value("a") = "1"', 'value("b") = "2"'], ["put both yes"], ["put both no"]),
  txn(['value("a") = "1"', 'value("b") = "3"'], ["put both yes"], ["put both no", "get both"]),
  txn([], ["get a --prefix --limit=2 --order=DESCEND"], []),
  txn([], ["get a --rev=1000"], []),
  txn([], ["del a/ --prefix", "get a/ --prefix", "put c 3"], []),
  txn([], ["get a --prefix --keys-only", "get a --prefix --count-only"], []),
  txn([], ["put a v --ignore-value"], []),
  txn(['value("a") = "1"'], ["get a"], ["get b"], "txn -i"),
  txn(['colour("a") = "1"'], [], []),
  txn(['mod("a") = "x"'], [], []),
  txn([], ["jump a"], []),
  { line: "txn", stdin: "" },
  "txn extra",
  'get "" --from-key',
);

const compactions = commands(
  "compaction",
  "compaction x",
  "compaction 0",
  "compaction 1000",
  "compaction 4",
  "compaction 4",
  "compaction 3",
  "get a --rev=3",
  "get a/1 --rev=4",
  "compaction 6 --physical",
  "get a/1 --rev=5",
  "get a/1 --rev=6",
  txn([], ["get a --rev=2"], []),
  "del a --prefix",
  "compaction 12 --physical",
  'get "" --from-key',
);

const ownId = "b71f75320dc06a6c";

const members = commands(
  "put a 1",
  "member list",
  "member list --consistency=s",
  "member update",
  `member update ${ownId}`,
  `member update ${ownId} --peer-urls=http://127.0.0.1:1`,
  "member list",
  `member update ${ownId} --peer-urls=http://127.0.0.1:2380`,
  "member update 5 --peer-urls=http://127.0.0.1:1",
  "member update x --peer-urls=http://127.0.0.1:1",
  "member add other",
  "member add other --peer-urls=x",
  "member add other --peer-urls=http://127.0.0.1:2380",
  "member add other --peer-urls=http://127.0.0.1:2380 --learner",
  "member remove",
  "member remove 5",
  `member remove ${ownId}`,
  "member promote 5",
  `member promote ${ownId}`,
  "move-leader 5",
  `move-leader ${ownId}`,
  "move-leader",
  "endpoint status",
);

const endpoints = commands(
  "put a 1",
  ...["", " --cluster"].flatMap((where) => [
    `endpoint status${where}`,
    `endpoint health${where}`,
    `endpoint hashkv${where}`,
    `endpoint hashkv${where} --rev=2`,
    `endpoint hashkv${where} --rev=9`,
    `defrag${where}`,
  ]),
  "put a 2",
  "put a 3",
  "compaction 3 --physical",
  "endpoint hashkv --rev=2",
  "endpoint hashkv",
  "endpoint hashkv --rev=4",
  "alarm list",
  "alarm disarm",
  "alarm list",
  "downgrade validate",
  "downgrade validate 3.6",
  "downgrade validate 3.5",
  "downgrade validate x",
  "downgrade enable 3.5",
  "downgrade cancel",
  "snapshot save {dir}/a.db",
  "snapshot save",
);

/** Every command but those that wait, with their options, and with what they must refuse. */
export const ctlScripts: readonly CtlScript[] = [
  { name: "put", commands: puts },
  { name: "get", commands: [...filling, ...gets] },
  { name: "del", commands: [...filling, ...dels] },
  { name: "txn", commands: [...filling, ...txns] },
  { name: "compaction", commands: [...filling, ...compactions] },
  { name: "member and move-leader", commands: members, flags: ["--advertise-client-urls=http://{endpoint}"] },
  {
    name: "endpoint, defrag, alarm, downgrade and snapshot",
    commands: endpoints,
    flags: ["--advertise-client-urls=http://{endpoint}"],
  },
];

/** Every value of --write-out. */
export const ctlFormats = ["simple", "json", "protobuf", "fields", "table"] as const;
