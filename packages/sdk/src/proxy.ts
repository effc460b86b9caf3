import { unknownType } from "@quillon/proto";
import { Secret } from "./secret.ts";
import { UnknownValueError } from "./unknown.ts";

// Policies get a resource's properties behind proxies. One kind throws when an unknown value is read. The other shows secrets as
// plain values and marks again what is written over them. Only objects are wrapped. A method of a wrapped object, such as `map` of
// a list, runs with the proxy as `this`, so it reads through the proxy too.

const TARGET = Symbol("the object behind a proxy of @quillon/policy");

/** Returns the object behind a proxy that this file made, and `undefined` for every other object. */
export function behindProxy(value: object): object | undefined {
  return (value as { [TARGET]?: object })[TARGET];
}

/**
 * Wraps a resource's properties as policies get them: reading an unknown value throws `UnknownValueError`, at any depth.
 * A value that is not an object is returned as it is. Use it to test functions that policies call. The test kit wraps what it
 * gives to policies.
 *
 * @example
 * const props = unknownCheckingProxy({ address: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" });
 * props.address; // throws: string value at .address can't be known during preview
 */
export function unknownCheckingProxy<T>(toProxy: T): T {
  return wrap(toProxy, ROOT_GUARD) as T;
}

/** Has a link to its parent instead of its whole path, because a path for each of a million reads would be slow. */
class UnknownGuard implements ProxyHandler<object> {
  readonly #parent: UnknownGuard | undefined;
  readonly #key: PropertyKey;

  constructor(parent?: UnknownGuard, key: PropertyKey = "") {
    this.#parent = parent;
    this.#key = key;
  }

  get(target: object, key: PropertyKey): unknown {
    if (key === TARGET) return target;
    const value = (target as Record<PropertyKey, unknown>)[key];
    if (typeof value === "object") return isFixed(target, key) ? value : wrap(value, new UnknownGuard(this, key));
    if (unknownType(value)) throw new UnknownValueError(value as string, this.#path(key));
    return value;
  }

  #path(last: PropertyKey): PropertyKey[] {
    const path = [last];
    for (let guard: UnknownGuard = this; guard.#parent; guard = guard.#parent) path.unshift(guard.#key);
    return path;
  }
}

const ROOT_GUARD = new UnknownGuard();

/**
 * Shows each `Secret` below `value` as its plain value, and makes what is written over one a `Secret` again. The object
 * behind the proxy keeps its `Secret`s, so a policy that changes its properties and returns them does not lose any.
 *
 * @param noticer Is called with each value that is written.
 */
export function secretProxy<T>(value: T, noticer: WriteNoticer): T {
  return guard(value, new SecretGuard(noticer, false)) as T;
}

/** A value that a policy took from its properties and wrote elsewhere is behind a guard already, and is not wrapped again. */
function guard(value: unknown, handler: SecretGuard): unknown {
  return typeof value === "object" && value !== null && behindProxy(value) ? value : wrap(value, handler);
}

/** Is called for each write through a proxy. */
export interface WriteNoticer {
  /** @param isSecret Whether a secret was there before, or the write is inside a secret. */
  wrote(value: unknown, isSecret: boolean): void;
}

class SecretGuard implements ProxyHandler<object> {
  readonly #noticer: WriteNoticer;
  readonly #isInSecret: boolean;

  constructor(noticer: WriteNoticer, isInSecret: boolean) {
    this.#noticer = noticer;
    this.#isInSecret = isInSecret;
  }

  get(target: object, key: PropertyKey): unknown {
    if (key === TARGET) return target;
    const value = (target as Record<PropertyKey, unknown>)[key];
    if (typeof value !== "object" || isFixed(target, key)) return value;
    return value instanceof Secret ? guard(value.value, new SecretGuard(this.#noticer, true)) : guard(value, this);
  }

  set(target: object, key: PropertyKey, value: unknown): boolean {
    const properties = target as Record<PropertyKey, unknown>;
    const wasSecret = properties[key] instanceof Secret;
    this.#noticer.wrote(value, wasSecret || this.#isInSecret);
    properties[key] = wasSecret ? new Secret(value) : value;
    return true;
  }
}

function wrap(value: unknown, handler: ProxyHandler<object>): unknown {
  // A promise is not wrapped, because its methods fail on a proxy.
  return typeof value === "object" && value !== null && !(value instanceof Promise) ? new Proxy(value, handler) : value;
}

/** In JavaScript a proxy must return the value itself for a property that is neither writable nor configurable. */
function isFixed(target: object, key: PropertyKey): boolean {
  const property = Object.getOwnPropertyDescriptor(target, key);
  return property?.configurable === false && property.writable === false;
}
