import {
  create,
  type DescMessage,
  type DescService,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import type { GenService, GenServiceMethods } from "@bufbuild/protobuf/codegenv2";
import type { Call } from "./call.ts";
import { RpcError, Status } from "./status.ts";

/** A method of a service, from bytes to bytes. The server calls it, and tests call it without a socket. */
export type MethodHandler = (request: Uint8Array, call: Call) => Promise<Uint8Array>;

type Answer<Request, Out extends DescMessage> = (
  request: Request,
  call: Call,
) => Promise<MessageInitShape<Out>> | MessageInitShape<Out>;

/** A method that reads its requests itself. It throws `RpcError` when the bytes are not a request. */
export interface BytesMethod<Out extends DescMessage> {
  raw: Answer<Uint8Array, Out>;
}

/** For each method of a generated service, a function of the same name. */
export type Implementation<Methods extends GenServiceMethods> = {
  [Name in keyof Methods]: Methods[Name] extends { input: infer In; output: infer Out }
    ? In extends DescMessage
      ? Out extends DescMessage
        ? Answer<MessageShape<In>, Out> | BytesMethod<Out>
        : never
      : never
    : never;
};

/**
 * Joins a generated service with its functions.
 *
 * @returns Handlers by HTTP/2 path, `/package.Service/Method`.
 */
export function bindService<Methods extends GenServiceMethods>(
  service: GenService<Methods>,
  implementation: Implementation<Methods>,
): Map<string, MethodHandler> {
  return new Map(
    (service as DescService).methods.map((method) => {
      const given = implementation[method.localName] as
        | Answer<MessageShape<DescMessage>, DescMessage>
        | BytesMethod<DescMessage>;
      const answer: Answer<Uint8Array, DescMessage> =
        typeof given === "function" ? (bytes, call) => given(decode(method, bytes), call) : given.raw;
      const handler: MethodHandler = async (request, call) =>
        toBinary(method.output, create(method.output, await answer(request, call)));
      return [`/${service.typeName}/${method.name}`, handler];
    }),
  );
}

function decode(method: DescService["methods"][number], bytes: Uint8Array) {
  try {
    return fromBinary(method.input, bytes);
  } catch (error) {
    throw new RpcError(
      Status.INVALID_ARGUMENT,
      `The request of ${method.name} is not a ${method.input.typeName}: ${error instanceof Error ? error.message : error}.`,
    );
  }
}
