import { EXCEPTIONS_ENTRY } from "@quillon/contract/passed-exceptions";
import {
  type Call,
  decodeStruct,
  RpcError,
  readAnalyzeRequest,
  readAnalyzeStackRequest,
  SECRET,
  Status,
} from "@quillon/proto";
import { Analyzer, bindService, type Listening, type MethodHandler, serve } from "@quillon/proto/grpc";
import { analyze } from "./analyze.ts";
import { analyzeStack } from "./analyze-stack.ts";
import { freezeMap, type PackState } from "./definition.ts";
import { Exceptions } from "./exceptions.ts";
import { readExceptions } from "./exceptions-read.ts";
import { describePack } from "./info.ts";
import { fromWireLevel } from "./levels.ts";
import { remediate } from "./remediate.ts";
import { beginMasking, endMasking } from "./secrets/printed.ts";
import { version } from "./version.ts";

/** Serves a pack to the engine. */
export function servePack(pack: PackState, admit: (bytes: number) => void): Promise<Listening> {
  return serve({ methods: analyzerService(pack), admit });
}

/** The Analyzer service of one pack, each method from bytes to bytes. The engine and the test kit both call these. */
export function analyzerService(pack: PackState): Map<string, MethodHandler> {
  const inFlight = new Set<Call>();
  const asking = <Request, Answer>(
    read: (bytes: Uint8Array) => Request,
    ask: (pack: PackState, request: Request, call: Call) => Promise<Answer>,
  ) => ({
    raw: async (bytes: Uint8Array, call: Call) => {
      inFlight.add(call);
      if (Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(SECRET)) beginMasking(call);
      try {
        pack.check();
        return await ask(pack, read(bytes), call);
      } finally {
        inFlight.delete(call);
        endMasking(call);
      }
    },
  });
  return bindService(Analyzer, {
    handshake: () => ({}),
    configureStack: ({ tags }) => {
      pack.stackTags = freezeMap(new Map(Object.entries(tags).sort()));
      return {};
    },
    getPluginInfo: () => ({ version }),
    getAnalyzerInfo: () => describePack(pack),
    configure: ({ policyConfig }) => {
      pack.config = new Map(
        Object.entries(policyConfig).map(([name, { enforcementLevel, properties }]) => {
          const { enforcementLevel: _, ...rest } = decodeStruct(properties ?? new Uint8Array());
          return [name, { level: fromWireLevel(enforcementLevel), properties: rest }];
        }),
      );
      pack.exceptions = exceptionsIn(pack.config.get(EXCEPTIONS_ENTRY)?.properties);
      // It may be large, and no policy reads it.
      pack.config.delete(EXCEPTIONS_ENTRY);
      return {};
    },
    remediate: asking(readAnalyzeRequest, remediate),
    analyze: asking(readAnalyzeRequest, analyze),
    analyzeStack: asking(readAnalyzeStackRequest, analyzeStack),
    cancel: () => {
      for (const call of inFlight) call.stop(new RpcError(Status.CANCELLED, "The user cancelled."));
      return {};
    },
  });
}

function exceptionsIn(entry: Record<string, unknown> | undefined): Exceptions {
  if (!entry) return new Exceptions();
  const { exceptions, problems } = readExceptions(entry);
  for (const problem of problems) process.stderr.write(`warning: ${problem}\n`);
  return new Exceptions(exceptions);
}
