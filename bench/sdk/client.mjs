// A gRPC client on node:http2 that costs little, and the requests it sends. Bytes are encoded once, by protobuf-es.
import * as http2 from "node:http2";
import { performance } from "node:perf_hooks";
import { create, fromJson, toBinary } from "@bufbuild/protobuf";
import { StructSchema } from "@bufbuild/protobuf/wkt";
import { AnalyzeRequestSchema, AnalyzeStackRequestSchema } from "../../packages/proto/gen/pulumi/analyzer_pb.js";

export class AnalyzerClient {
  constructor(port) {
    this.session = http2.connect(`http://127.0.0.1:${port}`, { settings: { initialWindowSize: 4 << 20 } });
  }

  /** Requests per second. */
  async many(method, message, { count, inFlight }) {
    const framed = frame(message);
    let sent = 0;
    const begin = performance.now();
    const worker = async () => {
      while (sent++ < count) await this.call(method, framed);
    };
    await Promise.all(Array.from({ length: inFlight }, worker));
    return (count / (performance.now() - begin)) * 1_000;
  }

  /** Milliseconds for one. */
  async once(method, message) {
    const begin = performance.now();
    await this.call(method, frame(message));
    return performance.now() - begin;
  }

  call(method, framed) {
    return new Promise((resolve, reject) => {
      const stream = this.session.request({
        ":method": "POST",
        ":path": `/pulumirpc.Analyzer/${method}`,
        "content-type": "application/grpc",
        te: "trailers",
      });
      let status;
      const note = (headers) => {
        status = headers["grpc-status"] ?? status;
      };
      stream.on("response", note).on("trailers", note).on("error", reject);
      stream.on("data", () => {});
      stream.on("end", () => (status === "0" ? resolve() : reject(new Error(`${method}: status ${status}`))));
      stream.end(framed);
    });
  }

  close() {
    this.session.destroy();
  }
}

function frame(message) {
  const framed = Buffer.alloc(5 + message.length);
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, 5);
  return framed;
}

const struct = (json) => toBinary(StructSchema, fromJson(StructSchema, json));

/** What an average resource looks like: mostly text, a few numbers and flags, some nesting, tags. */
function properties(index) {
  const all = {
    tags: { owner: `team-${index % 7}`, env: index % 3 ? "dev" : "prod" },
    rules: [
      { port: 22, cidr: "10.0.0.0/8" },
      { port: 443, cidr: "0.0.0.0/0" },
    ],
  };
  for (let i = 0; i < 18; i++) {
    all[`property${i}`] =
      i % 5 === 0 ? i * index : i % 5 === 1 ? i % 2 === 0 : `value ${i} of resource ${index}, and then some`;
  }
  return all;
}

function resource(index) {
  return {
    type: index % 2 ? "test:index:Bucket" : "test:index:Server",
    urn: `urn:pulumi:dev::bench::test:index:Bucket::resource-${index}`,
    name: `resource-${index}`,
    properties: struct(properties(index)),
    options: {
      ignoreChanges: [],
      aliases: [],
      additionalSecretOutputs: [],
      parent: "urn:pulumi:dev::bench::pulumi:pulumi:Stack::bench-dev",
    },
    provider: {
      type: "pulumi:providers:test",
      urn: "urn:pulumi:dev::bench::pulumi:providers:test::default",
      name: "default",
      properties: struct({ region: "eu-central-1" }),
    },
  };
}

export const analyzeRequest = () => toBinary(AnalyzeRequestSchema, create(AnalyzeRequestSchema, resource(1)));

export function stackRequest(count) {
  const resources = Array.from({ length: count }, (_, index) => ({
    ...resource(index),
    parent: resource(0).urn,
    dependencies: index > 0 ? [`urn:pulumi:dev::bench::test:index:Bucket::resource-${index - 1}`] : [],
    propertyDependencies:
      index > 0 ? { property2: { urns: [`urn:pulumi:dev::bench::test:index:Bucket::resource-${index - 1}`] } } : {},
  }));
  return toBinary(AnalyzeStackRequestSchema, create(AnalyzeStackRequestSchema, { resources }));
}
