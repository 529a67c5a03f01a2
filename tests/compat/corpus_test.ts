import { testChapters } from "./chapters.ts";
import { clusterChapters } from "./corpus/cluster.ts";
import { maintenanceChapters } from "./corpus/maintenance.ts";
import { rangeChapters } from "./corpus/ranges.ts";
import { txnChapters } from "./corpus/txns.ts";
import { writeChapters } from "./corpus/writes.ts";
import { Pair } from "./pair.ts";
import { showRequest } from "./show.ts";

testChapters([...rangeChapters, ...writeChapters, ...txnChapters, ...maintenanceChapters, ...clusterChapters], {
  start: (flags) => Pair.start(flags),
  show: showRequest,
});
