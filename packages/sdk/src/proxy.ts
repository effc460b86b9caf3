import { unknownType } from "@quillon/proto";
import { Secret } from "./secret.ts";
import { UnknownValueError } from "./unknown.ts";

// What policies hold of a resource are proxies: one throws when an unknown is read, one keeps secrets secret while
// showing them as plain values. Only objects are wrapped. A method found on one (say `map` on a list) runs with the proxy
// as `this`, so it reads through it all the same.

const TARGET = Symbol("the object behind a proxy of @quillon/policy");

/** What is behind a proxy made here; `undefined` for anything else. */
export function behindProxy(value: object): object | undefined {
  return (value as { [TARGET]?: object })[TARGET];
}

/**
 * Wraps a resource's properties as policies get them: reading a value that is unknown throws `UnknownValueError`, at
 * any depth. Anything but an object is answered as it is. For helpers that policies are tested with; the test kit does
 * it by itself.
 *
 * @example
 * const props = unknownCheckingProxy({ address: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" });
 * props.address; // throws: string value at .address can't be known during preview
 */
export function unknownCheckingProxy<T>(toProxy: T): T {
  return wrap(toProxy, ROOT_GUARD) as T;
}

/** Knows its path as a link to its parent, so that a million reads build no million lists. */
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
 * Shows `Secret`s below `value` as their plain values, and makes what is written over one a `Secret` again. The object
 * behind the proxy keeps the marks, so they survive a policy that changes what it was given and returns it.
 *
 * @param noticer Is told what is written.
 */
export function secretProxy<T>(value: T, noticer: WriteNoticer): T {
  return guard(value, new SecretGuard(noticer, false)) as T;
}

/** What a policy has kept of what it was given is behind a guard already. */
function guard(value: unknown, handler: SecretGuard): unknown {
  return typeof value === "object" && value !== null && behindProxy(value) ? value : wrap(value, handler);
}

/** Gets to know what is written through a proxy, and whether a secret was there. */
export interface WriteNoticer {
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
  // A promise is let through: its methods refuse to work on a proxy.
  return typeof value === "object" && value !== null && !(value instanceof Promise) ? new Proxy(value, handler) : value;
}

/** The language forbids a proxy to answer anything but the value itself for such a property. */
function isFixed(target: object, key: PropertyKey): boolean {
  const property = Object.getOwnPropertyDescriptor(target, key);
  return property?.configurable === false && property.writable === false;
}
