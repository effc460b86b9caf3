import type { Writer } from "./writer.ts";

export const json: Writer = {
  contentType: "application/json; charset=utf-8",
  order: "worst",
  async *write(head, results) {
    yield `${JSON.stringify(head).slice(0, -1)},"results":[`;
    let between = "\n";
    for await (const result of results) {
      yield `${between}${JSON.stringify(result)}`;
      between = ",\n";
    }
    yield "\n]}\n";
  },
};
