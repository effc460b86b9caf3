import { newError, type Route, type RouteKey, routes } from "@quillon/contract";
import { type Bounds, exceededBound } from "../json/bounds.ts";
import { type Projection, project } from "../json/project.ts";
import { JsonError } from "../json/scan.ts";
import { bufferOf } from "../workers/buffers.ts";
import type { Task } from "../workers/pool.ts";
import { validator } from "./validate.ts";

const checks = new Map<RouteKey, ReturnType<typeof validator>>();

/** The bytes have memory of their own, and nobody else reads them meanwhile. */
interface Body {
  route: RouteKey;
  bytes: Uint8Array<ArrayBuffer>;
}

/** Reads a body of a route whose bodies may be large: what the contract's schema names of it, validated. */
export const readBodyTask: Task<Body, Projection & Pick<Body, "bytes">> = {
  name: "read-body",
  moves: { input: ({ bytes }) => [bytes.buffer], output: ({ bytes }) => [bytes.buffer] },
  run({ route: key, bytes }) {
    const { body: schema }: Route = routes[key];
    if (!schema) throw new Error(`${key} has no body.`);
    const read = projected(bufferOf(bytes), schema);
    const check = checks.get(key) ?? validator(schema, "body");
    checks.set(key, check);
    const error = check(read.value);
    if (error) throw error;
    return { ...read, bytes };
  },
};

/** Which bound a body exceeds, of a route whose bodies are decoded whole. */
export const boundsTask: Task<{ bytes: Uint8Array; bounds: Bounds }, keyof Bounds | undefined> = {
  name: "bounds",
  run: ({ bytes, bounds }) => exceededBound(bufferOf(bytes), bounds),
};

function projected(json: Buffer, schema: object): Projection {
  try {
    return project(json, schema);
  } catch (error) {
    if (error instanceof JsonError) throw newError("invalid_json", { problem: error.message });
    throw error;
  }
}
