import {
  create,
  type DescMessage,
  type DescMethodUnary,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import { Client, credentials } from "@grpc/grpc-js";
import type {
  AnalyzeRequestSchema,
  AnalyzeResponse,
  AnalyzerInfo,
  AnalyzerStackConfigureRequestSchema,
  AnalyzeStackRequestSchema,
  ConfigureAnalyzerRequestSchema,
  RemediateResponse,
} from "@quillon/proto";
import { Analyzer as AnalyzerService, MAX_MESSAGE_BYTES } from "@quillon/proto/grpc";

const { method } = AnalyzerService;

/**
 * The engine's side of a policy pack that runs. Each question is rejected with what grpc-js throws, an Error with `code` and
 * `details`, when the pack fails or takes too long.
 */
export class Analyzer {
  readonly #client: Client;
  readonly #milliseconds: number;

  /** @param milliseconds how long one answer may take */
  constructor(port: number, { milliseconds = 60_000 } = {}) {
    this.#milliseconds = milliseconds;
    this.#client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
      // A proxy for the internet does not reach this machine.
      "grpc.enable_http_proxy": 0,
      "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
      "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
    });
  }

  /** What the pack says of itself and of its policies. */
  info(): Promise<AnalyzerInfo> {
    return this.#ask(method.getAnalyzerInfo, {});
  }

  /** Gives policies their levels and configuration, in the place of what they had. */
  async configure(request: MessageInitShape<typeof ConfigureAnalyzerRequestSchema>): Promise<void> {
    await this.#ask(method.configure, request);
  }

  async configureStack(request: MessageInitShape<typeof AnalyzerStackConfigureRequestSchema>): Promise<void> {
    await this.#ask(method.configureStack, request);
  }

  analyze(request: MessageInitShape<typeof AnalyzeRequestSchema>): Promise<AnalyzeResponse> {
    return this.#ask(method.analyze, request);
  }

  remediate(request: MessageInitShape<typeof AnalyzeRequestSchema>): Promise<RemediateResponse> {
    return this.#ask(method.remediate, request);
  }

  analyzeStack(request: MessageInitShape<typeof AnalyzeStackRequestSchema>): Promise<AnalyzeResponse> {
    return this.#ask(method.analyzeStack, request);
  }

  close(): void {
    this.#client.close();
  }

  #ask<In extends DescMessage, Out extends DescMessage>(
    { parent, name, input, output }: DescMethodUnary<In, Out>,
    request: MessageInitShape<In>,
  ): Promise<MessageShape<Out>> {
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        `/${parent.typeName}/${name}`,
        (message: MessageShape<In>) => Buffer.from(toBinary(input, message)),
        (bytes: Buffer) => fromBinary(output, bytes),
        create(input, request),
        { deadline: Date.now() + this.#milliseconds },
        (error, answer) => (error ? reject(error) : resolve(answer as MessageShape<Out>)),
      );
    });
  }
}
