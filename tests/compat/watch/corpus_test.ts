import { testWithTools } from "../../support/tools.ts";
import { Pair } from "../pair.ts";
import { compareTranscripts, converse } from "./conversation.ts";
import { largeChapters } from "./corpus/large.ts";
import { requestChapters } from "./corpus/requests.ts";
import { revisionChapters } from "./corpus/revisions.ts";

for (const chapter of [...requestChapters, ...revisionChapters, ...largeChapters]) {
  testWithTools(`detcd watches as etcd does: ${chapter.name}`, {
    tools: ["etcd"],
    run: async () => {
      await using pair = await Pair.start(chapter.flags);
      const outcomes = await Promise.allSettled(
        [pair.etcd, pair.candidate].map(({ endpoint }) => converse(endpoint, chapter)),
      );
      const [etcd, candidate] = outcomes.map((outcome, index) => {
        if (outcome.status === "fulfilled") return outcome.value;
        throw new Error(`${index === 0 ? "etcd" : "the candidate"}: ${outcome.reason.message}`);
      });
      const failures = compareTranscripts(etcd, candidate, chapter);
      if (failures.length > 0) throw new Error(`${failures.length} differences:\n${failures.slice(0, 10).join("\n")}`);
    },
  });
}
